"""The bank for init: its files are examined by doctor_config, for there is no system to ask."""

TEMPLATE = """
# One block for each account that payouts arrive in.
[[bank.accounts]]
account_id = "main"          # your name for it
iban = ""                    # as statements write it
currency = ""                # ISO 4217
format = "camt053"           # or csv: then say under [bank.accounts.columns] what the bank calls its columns
folder = "bank/main"         # where its files arrive; relative to the home, or absolute
netsuite_account = ""        # its number in the ledger
"""
SECRETS = """"""
