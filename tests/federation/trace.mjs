// Reads a trace, given in base64, as Apollo does.
import { Trace } from "@apollo/usage-reporting-protobuf";

const { ftv1 } = JSON.parse(process.argv[2]);
const trace = Trace.decode(Buffer.from(ftv1, "base64"));
console.log(JSON.stringify(Trace.toObject(trace, { longs: Number })));
