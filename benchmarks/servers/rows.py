"""What a request of 100 SmartPay invoices is, for the servers that are not this project."""

from sandbox.smartpay import TOKEN

LIST = "/smartpay/invoices?invoice_status=all&page=0&size=100"
HEADERS = {"Authorization": f"Bearer {TOKEN}"}
