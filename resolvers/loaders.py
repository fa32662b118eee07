"""Batch loaders: what one operation looks up by key, each key once."""

import asyncio
from collections.abc import Sequence

from strawberry.dataloader import DataLoader

from providers.base import Single
from providers.client import Source
from providers.records import Record


def single_loader(source: Source, single: Single) -> DataLoader[str, Record | None]:
    """Rows of one source by the provider's ids; a key that fails fails alone."""

    async def load(provider_ids: Sequence[str]) -> Sequence[Record | BaseException | None]:
        asked = (source.single(single, provider_id) for provider_id in provider_ids)
        return await asyncio.gather(*asked, return_exceptions=True)

    return DataLoader(load_fn=load)
