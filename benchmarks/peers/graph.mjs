// The graph of the peers: the same operations over the same upstream, one page of one source. Each is
// run as `node NAME.mjs UPSTREAM TOKEN` and prints its port.

const [upstream, token] = process.argv.slice(2)
const list = `${upstream}/smartpay/invoices?invoice_status=all&page=0&size=100`
const headers = { authorization: `Bearer ${token}` }
const statuses = {
  created: 'PENDING', executed: 'PROCESSING', paid: 'AUTHORIZED', confirmed: 'PAID',
  cancelled: 'CANCELLED', reversed: 'CANCELLED', refunded: 'REFUNDED',
}

export const typeDefs = /* GraphQL */ `
  type Query { sources: [Source!]! invoices(first: Int): InvoiceConnection }
  type Source { name: String! provider: String! state: String! }
  type Money { amount: String! currency: String! }
  type InvoiceConnection { nodes: [Invoice!]! }
  type Invoice {
    id: ID! providerId: ID! number: String status: String! providerStatus: String
    description: String createdAt: String fetchedAt: String! currency: String total: Money
    captured: Money source: Source! details: InvoiceDetails! payments: PaymentConnection
  }
  type PaymentConnection { nodes: [Payment!]! }
  type Payment { status: String! gross: Money }
  union InvoiceDetails = SmartpayInvoice | YumeInvoice
  type YumeInvoice { tenantId: ID }
  type SmartpayInvoice {
    amountCreated: Money amountConfirmed: Money amountCurrent: Money language: String
    orgName: String orgInn: String tradeName: String visualName: String visualAmount: String
    image: String trademarks: [String!]! paymentInfo: PaymentInfo
  }
  type PaymentInfo {
    paymentDate: String paymentId: ID maskedPan: String cardExpiry: String cardholder: String
    paymentSystem: String paymentOperator: String paymentWay: String paymentWayCode: String
    loyaltyInfo: LoyaltyInfo bankInfo: BankInfo
  }
  type LoyaltyInfo { serviceCode: String changeRate: String paymentBonus: String }
  type BankInfo { name: String countryCode: String }
`

const source = { name: 'sber-main', provider: 'SMARTPAY', state: 'HEALTHY' }
const hundredths = (whole) => (whole == null ? null : (whole / 100).toFixed(2))
const currency = (row) => row.currency || 'RUB'
const money = (row, name) =>
  row[name]?.amount == null
    ? null
    : { amount: hundredths(row[name].amount), currency: currency(row) }
const paid = (row) => row.payment_info && Object.keys(row.payment_info).length > 0

export const resolvers = {
  Query: {
    sources: () => [source],
    invoices: async () => (await fetch(list, { headers })).json(),
  },
  InvoiceConnection: { nodes: (page) => page.invoices },
  Invoice: {
    id: (row) => Buffer.from(`Invoice:sber-main:${row.invoice_id}`).toString('base64url'),
    providerId: (row) => row.invoice_id,
    number: (row) => row.order_number,
    status: (row) => statuses[row.invoice_status] ?? 'UNKNOWN',
    providerStatus: (row) => row.invoice_status,
    createdAt: (row) => row.invoice_date,
    fetchedAt: () => new Date().toISOString(),
    currency,
    total: (row) => money(row, 'amount_create'),
    captured: (row) => money(row, 'amount_confirm'),
    source: () => source,
    details: (row) => row,
    payments: (row) => ({ nodes: paid(row) ? [row] : [] }),
  },
  Payment: {
    status: (row) => statuses[row.invoice_status] ?? 'UNKNOWN',
    gross: (row) => money(row, 'amount_confirm'),
  },
  InvoiceDetails: { __resolveType: () => 'SmartpayInvoice' },
  SmartpayInvoice: {
    amountCreated: (row) => money(row, 'amount_create'),
    amountConfirmed: (row) => money(row, 'amount_confirm'),
    amountCurrent: (row) => money(row, 'amount_current'),
    orgName: (row) => row.org_name,
    orgInn: (row) => row.org_inn,
    tradeName: (row) => row.trade_name,
    visualName: (row) => row.visual_name,
    visualAmount: (row) => row.visual_amount,
    trademarks: (row) => (row.trademarks || '').split(';').filter(Boolean),
    paymentInfo: (row) => (paid(row) ? row.payment_info : null),
  },
  PaymentInfo: {
    paymentDate: (info) => info.payment_date,
    paymentId: (info) => info.payment_id,
    maskedPan: (info) => info.masked_pan,
    cardExpiry: (info) =>
      info.expiry_date && `${info.expiry_date.slice(0, 4)}-${info.expiry_date.slice(4)}`,
    paymentSystem: (info) => info.payment_system,
    paymentOperator: (info) => info.paysys,
    paymentWay: (info) => info.payment_way,
    paymentWayCode: (info) => info.payment_way_code,
    loyaltyInfo: (info) => info.loyalty_info,
    bankInfo: (info) => info.bank_info,
  },
  LoyaltyInfo: {
    serviceCode: (loyalty) => loyalty.service_code,
    changeRate: (loyalty) => loyalty.change_rate,
    paymentBonus: (loyalty) => hundredths(loyalty.payment_bonus),
  },
  BankInfo: { name: (bank) => bank.bank_name, countryCode: (bank) => bank.bank_country_code },
}
