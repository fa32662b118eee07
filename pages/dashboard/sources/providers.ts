// What providers call themselves.
import { Provider } from "../generated/graphql";

export const PROVIDERS: Readonly<Record<Provider, string>> = {
  [Provider.Goedgeplaatst]: "GoedGeplaatst",
  [Provider.LifePay]: "LIFE PAY",
  [Provider.Smartpay]: "Sber SmartPay",
  [Provider.YandexOfd]: "Yandex OFD",
  [Provider.Yume]: "Yume",
};
