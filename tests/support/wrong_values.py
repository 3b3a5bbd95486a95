"""Wrong values of a configuration, each a change to a sound tenant, and what doctor must report of it.

Belongs here: the changes and the words. Does not: the tenant (whole_tenant), or asking doctor (tests/orchestration).
"""

from __future__ import annotations

from ingestion.config import specs
from tests.support.whole_tenant import (
    UK,
    US,
    Change,
    at_closed_port,
    renamed,
    replaced,
    rewritten,
    row,
    secret,
    section,
    setting,
    written,
)

OTHER_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE"

POLICY_COLUMNS = next(spec.columns for spec in specs.MAPS if spec.entity == "return_policy")

Case = tuple[Change, str]
"""A change, and what must be reported of it in one finding: parts between bars; END is the file's last line."""

SETTINGS: dict[str, Case] = {
    "bank account that is none": (
        setting('bank_account = "gbp-main"', 'bank_account = "gbp-mian"'),
        "tieout.toml|bank_account 'gbp-mian'|gbp-main, gbp-us-payouts",
    ),
    "region": (setting('region = "GB"', 'region = "UK"'), "tieout.toml|shops 1: region|'UK'|'GB' or 'US'"),
    "currency": (
        setting('currency = "GBP"\npayout', 'currency = "gbp"\npayout'),
        "tieout.toml|shops 1: currency|'gbp'|three capital letters",
    ),
    "time zone of a shop": (
        setting('region = "GB"', 'region = "GB"\ntime_zone = "Europe/Londn"'),
        "tieout.toml|shops 1: time_zone|'Europe/Londn'|IANA name such as Europe/London",
    ),
    "time zone of a site": (
        setting("\ntime_zone =", '\ntime_zone = "GMT+25" #'),
        "tieout.toml|gxo.time_zone|'GMT+25'|Europe/London",
    ),
    "day": (
        setting("[books]", '[books]\npost_from = "2026-13-01"'),
        "tieout.toml|books.post_from|'2026-13-01'|YYYY-MM-DD",
    ),
    "day without quotes": (setting("[books]", "[books]\npost_from = 2026-03-01"), "books.post_from|quotes"),
    "negative limit": (
        setting("[books]", "[books]\nmax_journals_per_run = -1"),
        "tieout.toml|books.max_journals_per_run|at least 1|'-1'",
    ),
    "negative amount": (setting('"100000"', '"-5"'), "tieout.toml|books.approval_above_amount|at least 0|'-5'"),
    "negative time limit": (
        setting("[netsuite]", "[netsuite]\ntimeout_seconds = -1"),
        "tieout.toml|netsuite.timeout_seconds|more than 0|'-1'",
    ),
    "limit in words": (setting("[books]", '[books]\nmax_journals_per_run = "many"'), "max_journals_per_run|whole|many"),
    "unknown section": (section("[linnwork]\nx = 1"), "tieout.toml|linnwork: no such key|did you mean linnworks?"),
    "unknown key": (section("[stock]\nevry_minutes = 5"), "tieout.toml|stock.evry_minutes|did you mean every_minutes?"),
    "unknown secret": (
        lambda tenant: (tenant.home / "secrets" / "tiktok_shop__ap_key").write_text("hidden"),
        "tiktok_shop.ap_key|did you mean app_key?|secrets/tiktok_shop__ap_key",
    ),
    "shop id as a number": (setting(f'shop_id = "{UK}"', f"shop_id = {UK}"), "shops 1: shop_id|quotes"),
    "shop twice": (setting(f'shop_id = "{US}"', f'shop_id = "{UK}"'), f"tieout.toml|shop_id {UK} is there twice"),
    "format of a bank's files": (
        setting('format = "camt053"', 'format = "mt940"'),
        "bank.accounts 1: format|'mt940'|'camt053' or 'csv'",
    ),
    "syntax": (setting("[netsuite]", "[netsuite"), "tieout.toml is not valid TOML|at line 32"),
    "encoding": (
        rewritten("tieout.toml", lambda text: text.replace(b"Northgate UK", b"Caf\xe9 UK")),
        "tieout.toml is no UTF-8|line 15|UTF-8",
    ),
    "address without https": (
        secret("tiktok_shop__base_url", "open-api.tiktokglobalshop.com"),
        "tiktok_shop.base_url|'open-api.tiktokglobalshop.com'|https://|secrets/tiktok_shop__base_url",
    ),
    "port": (secret("gxo__port", "70000"), "gxo.port|'70000'|at most 65535|secrets/gxo__port"),
    "port in words": (secret("gxo__port", "sftp"), "gxo.port|'sftp'|whole number|secrets/gxo__port"),
    "missing secret": (
        secret("tiktok_shop__app_secret", None),
        "tiktok_shop.app_secret is missing|secrets/tiktok_shop__app_secret or TIEOUT_TIKTOK_SHOP__APP_SECRET",
    ),
    "secret that is no text": (
        secret("tiktok_shop__app_secret", b"\xff\xfe\x00"),
        "secrets/tiktok_shop__app_secret cannot be read|no UTF-8",
    ),
    "secret with a byte order mark": (
        secret("tiktok_shop__app_secret", b"\xef\xbb\xbfhidden"),
        "secrets/tiktok_shop__app_secret|byte order mark|save it as UTF-8 without",
    ),
    "secret that is a folder": (
        lambda tenant: (tenant.home / "secrets" / "gxo__private_key").mkdir(),
        "secrets/gxo__private_key cannot be read|Is a directory|expected a file",
    ),
    "no settings file": (renamed("tieout.toml", "settings.toml"), "no settings file|tieout.toml|tieout init"),
    "shop of a site": (
        setting(f'shops = ["{UK}"]', 'shops = ["7495000000000000109"]'),
        f"tieout.toml|gxo.shops names 7495000000000000109|expected any of {UK}, {US}",
    ),
    "shop of an account": (
        setting(f"{US} = ", "7495000000000000209 = "),
        f"tieout.toml|linnworks.shops names 7495000000000000209|expected any of {UK}, {US}",
    ),
    "currency of a payout": (
        setting('payout_currency = "GBP"', 'payout_currency = "USD"'),
        f"tieout.toml|payout_currency 'USD' of shop {UK}|'gbp-main' is in GBP|set payout_currency to GBP",
    ),
    "check digits of an IBAN": (
        setting("GB11XFAK", "GB12XFAK"),
        "tieout.toml|iban 'GB12XFAK|check digits",
    ),
    "folder of a bank": (setting("bank/gbp-main", "bank/gbp"), "bank gbp-main|bank/gbp;|create it, or set folder"),
    "column of a bank's files": (
        setting('amount = "amount"', 'amount = "Betrag"'),
        "bank gbp-us-payouts|2026-01-23.csv|Betrag is missing|booking_date|columns",
    ),
    "two accounts of one IBAN": (
        setting("GB11XFAK00990000004401", "GB27XFAK00990000007702"),
        "bank|GB27XFAK00990000007702 in GBP is there twice",
    ),
    "another account's files": (
        setting("GB11XFAK00990000004401", "GB81XFAK00990000004402"),
        "bank gbp-main|.xml|IBAN 'GB11XFAK00990000004401'|another account than 'gbp-main'",
    ),
    "another tenant's home": (
        lambda tenant: (tenant.home / "tenant.txt").write_text("beta\n"),
        "'beta'|'demo'|set TIEOUT_HOME",
    ),
    "state that is no database": (
        setting("live = true", 'live = true\nstate_url = "state.sqlite"'),
        "state_url|postgresql://user:password@host/database|tieout.toml or TIEOUT_STATE_URL",
    ),
    "state that is not there": (
        setting("live = true", 'live = true\nstate_url = "postgresql://u:hidden@127.0.0.1:9/x"'),
        "state_url|127.0.0.1:9/x|refused|start its database",
    ),
}
MAPS: dict[str, Case] = {
    "fee key": (
        replaced("fees.csv", "revenue.subtotal_before_discount", "revenue.subtotal_before_discout"),
        "fees.csv:2|revenue.subtotal_before_discout_amount|write revenue.subtotal_before_discount_amount",
    ),
    "case of a fee key": (
        replaced("fees.csv", "adjustment.CHARGE_BACK", "adjustment.Charge_Back"),
        "fees.csv:144|adjustment.Charge_Back|write adjustment.CHARGE_BACK",
    ),
    "grade of the policy": (
        written("return_policy.csv", f"{','.join(POLICY_COLUMNS)}\n*,parcel,*,*,grade:d,9,9,reject,0,auto,,\n"),
        "return_policy.csv:2|no row of grades.csv has condition 'd'",
    ),
    "reason of the policy": (
        row("return_policy.csv", "*,request,REFUND,damage,*,10,1,approve,0,auto,,"),
        "return_policy.csv:END|reason 'damage'|expected one of changed_mind, damaged",
    ),
    "parcel of what does not come back": (
        row("return_policy.csv", "*,parcel,REFUND,*,*,10,1,approve,0,auto,,"),
        "return_policy.csv:END|return_type REFUND beside step parcel|RETURN_AND_REFUND, REPLACEMENT or *",
    ),
    "answer to an exchange": (
        row("return_policy.csv", "*,request,EXCHANGE,*,*,10,1,approve,0,auto,,"),
        "return_policy.csv:END|no call for decision approve on a request of EXCHANGE|in Seller Center",
    ),
    "offer for a replacement": (
        row("return_policy.csv", "*,request,REPLACEMENT,*,*,10,1,offer_partial,50,auto,,"),
        "return_policy.csv:END|no call for decision offer_partial on a request of REPLACEMENT|Seller Center",
    ),
    "unseen character": (
        row("return_reasons.csv", "zigzag,X\0Y,other,,"),
        "return_reasons.csv:END|code 'X\\x00Y'|write it anew",
    ),
    "class": (row("fees.csv", "*,fee_tax.fee.new,mystery,,,,"), "fees.csv:END|'mystery'|expected one of|gross_sales"),
    "class of fees without account": (
        replaced("accounts.csv", "*,transaction_fee,6130,,\n", ""),
        "accounts.csv|'transaction_fee'|fees.csv:54|add the row *,transaction_fee,NUMBER,,",
    ),
    "tax without account": (
        replaced("accounts.csv", "*,output_vat,2200,,\n", ""),
        f"accounts.csv|'output_vat' of shop {UK}|taxes.csv:2|add the row {UK},output_vat,NUMBER,,",
    ),
    "sale without tax": (
        replaced("taxes.csv", f"{UK},refund,seller,20,,\n", ""),
        f"taxes.csv: no row for line_class refund of shop {UK}|{UK},refund,seller,20,,",
    ),
    "sale and refund taxed in two ways": (
        replaced("taxes.csv", f"{UK},refund,seller,20,,", f"{UK},refund,seller,5.5,,"),
        f"taxes.csv|of shop {UK} are taxed in 2 ways|refund seller 5.5|the same treatment and rate in all five",
    ),
    "tax of a fee": (
        row("taxes.csv", "*,ads,seller,20,,"),
        "taxes.csv:END|line_class 'ads'|seller is for what is sold|gross_sales",
    ),
    "rate as a fraction": (
        replaced("taxes.csv", f"{UK},refund,seller,20,,", f"{UK},refund,seller,0.2,,"),
        "taxes.csv:4|rate '0.2'|as 20 or 5.5",
    ),
    "account from a later day": (
        replaced("accounts.csv", "*,transaction_fee,6130,,", "*,transaction_fee,6130,2099-01-01,"),
        "accounts.csv|'transaction_fee'|add the row *,transaction_fee,NUMBER,,",
    ),
    "clearing without account": (
        replaced("accounts.csv", f"{US},clearing,1251,,\n", ""),
        f"accounts.csv|'clearing' of shop {US}|add the row {US},clearing,NUMBER,,",
    ),
    "two numbers of one bank": (
        replaced("accounts.csv", "bank,1010", "bank,1020"),
        "accounts.csv:6|'1020'|tieout.toml|'1010'|the same number at both places",
    ),
    "no account number": (
        replaced("accounts.csv", ",6120", ","),
        "accounts.csv:17|netsuite_account is empty for *, affil",
    ),
    "location without system": (replaced("locations.csv", "gxo", ""), "locations.csv:2|system ''|gxo, linnworks"),
    "unknown system": (replaced("locations.csv", "gxo", "gxoo"), "locations.csv:2|system 'gxoo'|gxo, linnworks"),
    "site": (replaced("locations.csv", "NTH1", "NTH2"), "locations.csv:2|location 'NTH2'|NTH1|tieout.toml"),
    "shop without location": (
        replaced("locations.csv", f"\n{US}", f"\n{UK}"),
        f"locations.csv|shop {US} is in [linnworks]|add a row",
    ),
    "shortened id": (
        replaced("locations.csv", "7395000000000000101", "7.395E+18"),
        "locations.csv:2|7.395E+18|as text",
    ),
    "shortened SKU": (row("skus.csv", f"{UK},2.66E+13,ABC,,"), "skus.csv:END|seller_sku '2.66E+13'|as text"),
    "shortened account": (replaced("accounts.csv", ",6120", ",2.66E+13"), "accounts.csv:17|netsuite_account|as text"),
    "repeated key": (row("accounts.csv", "*,refund,4020,2026-02-01,"), "accounts.csv:END|line 9|end the older row"),
    "delimiter": (
        rewritten("taxes.csv", lambda text: text.replace(b",", b"|")),
        "taxes.csv:1|shop_id, line_class|comma, semicolon or tab",
    ),
    "no header": (
        rewritten("taxes.csv", lambda text: text.split(b"\n", 1)[1]),
        "taxes.csv:1|is missing|expected the first line shop_id,line_class",
    ),
    "encoding of a map": (
        rewritten("taxes.csv", lambda text: text + b"*,gross_sales,s\xe9ller,,,\n"),
        "taxes.csv:END|expected UTF-8|save it as CSV UTF-8",
    ),
    "treatment": (row("taxes.csv", "*,refund,buyer,,,"), "taxes.csv:END|treatment 'buyer'|marketplace, none, seller"),
    "shipping type": (replaced("services.csv", "SELLER", "Seller"), "services.csv:2|'Seller'|SELLER, TIKTOK"),
    "day in a map": (
        row("taxes.csv", "*,refund,none,,31/02/2026,"),
        "taxes.csv:END|valid_from '31/02/2026'|YYYY-MM-DD",
    ),
    "days in the wrong order": (
        row("taxes.csv", "*,refund,none,,2026-03-01,2026-02-01"),
        "taxes.csv:END|valid_to 2026-02-01|before valid_from 2026-03-01|a later day",
    ),
    "negative quantity": (row("bundles.csv", "A,B,-1,,"), "bundles.csv:END|quantity '-1'|from 1 to 9999"),
    "cost with a comma": (row("costs.csv", '"A","12,50",GBP,,'), "costs.csv:END|cost '12,50'|as 12.50"),
    "cost below zero": (row("costs.csv", "A,-1,GBP,,"), "costs.csv:END|cost '-1'|not below zero"),
    "currency of a cost": (row("costs.csv", "A,1,gbp,,"), "costs.csv:END|currency 'gbp'|as GBP"),
    "percent": (row("buffers.csv", "*,AA,1,101,,"), "buffers.csv:END|percent '101'|from 0 to 100"),
    "instant without zone": (
        row("peaks.csv", f"{UK},x,2026-01-01T10:00:00,2026-01-01T12:00:00Z,0,0,10"),
        "peaks.csv:END|starts_at '2026-01-01T10:00:00'|its zone",
    ),
    "shop of a map": (row("services.csv", "7495,SELLER,*,STD,,"), f"services.csv:END|shop_id '7495'|{UK}, {US}"),
    "no such map": (renamed("taxes.csv", "taxes.txt"), "taxes.csv|no such map: create it"),
    "map of another name": (
        renamed("locations.csv", "location.csv"),
        "location.csv is no map|rename it to locations",
    ),
}
VENDORS: dict[str, Case] = {
    "shop that has not consented": (
        setting(f'shop_id = "{UK}"', 'shop_id = "7495000000000000103"'),
        f"tieout.toml|shop_id '7495000000000000103'|authorized are {UK}, {US}",
    ),
    "region of a shop": (
        setting('region = "GB"', 'region = "US"'),
        f"tieout.toml|region 'US' of shop {UK}|TikTok Shop lists it in GB",
    ),
    "currency of a shop": (
        setting('currency = "GBP"\npayout', 'currency = "EUR"\npayout'),
        f"tieout.toml|currency 'EUR' of shop {UK}|TikTok Shop settles in GBP",
    ),
    "currency of its payouts": (
        setting('payout_currency = "GBP"', 'payout_currency = "USD"'),
        f"tieout.toml|payout_currency 'USD' of shop {UK}|TikTok Shop pays out in GBP",
    ),
    "currency that NetSuite lacks": (
        setting('payout_currency = "GBP"', 'payout_currency = "CHF"'),
        f"tieout.toml|payout_currency 'CHF' of shop {UK}|EUR, GBP, USD",
    ),
    "subsidiary": (
        setting('netsuite_subsidiary = "1"', 'netsuite_subsidiary = "9"'),
        f"tieout.toml|netsuite_subsidiary '9' of shop {UK}|1 (Northgate Retail Ltd), 2 (Northgate Retail Inc)",
    ),
    "item of refunds that is not named": (
        setting('refund_item = "601"', 'refund_item = ""'),
        "tieout.toml|books.refund_document is 'credit_memo', refund_item is empty|name the item",
    ),
    "customer of refunds that is not named": (
        setting('netsuite_customer = "501"\n', ""),
        f"tieout.toml|netsuite_customer of shop {UK} is empty|name the customer",
    ),
    "item of refunds that NetSuite lacks": (
        setting('refund_item = "601"', 'refund_item = "ITEM-9"'),
        "tieout.toml|books.refund_item 'ITEM-9'|no such active item",
    ),
    "customer of refunds that NetSuite lacks": (
        setting('netsuite_customer = "501"', 'netsuite_customer = "509"'),
        f"tieout.toml|netsuite_customer '509' of shop {UK}|no such active customer",
    ),
    "account of refunds": (
        replaced("accounts.csv", f"{UK},refund,1110", f"{UK},refund,4020"),
        "accounts.csv:|netsuite_account '4020' of refund is of type Income|'credit_memo'|account of AcctRec",
    ),
    "account of a bank": (
        setting('netsuite_account = "1010"', 'netsuite_account = "1999"'),
        "tieout.toml|netsuite_account '1999' of bank account 'gbp-main'|1010, 1020",
    ),
    "currency of a bank's account": (
        setting('currency = "GBP"\nformat', 'currency = "EUR"\nformat'),
        "tieout.toml|currency 'EUR' of bank account 'gbp-main'|NetSuite keeps account 1010 in GBP",
    ),
    "account of a class": (
        replaced("accounts.csv", ",6120", ",6999"),
        "accounts.csv:17|netsuite_account '6999' of affiliate_commission|expected one of 1010",
    ),
    "internal id for a number": (
        replaced("accounts.csv", ",6120", ",101"),
        "accounts.csv:17|internal id of 1010",
    ),
    "warehouse": (
        replaced("locations.csv", "7395000000000000101", "7395000000000000999"),
        "locations.csv:2|warehouse_id '7395000000000000999'|TikTok Shop lists one of 7395000000000000101",
    ),
    "location of Linnworks": (
        replaced("locations.csv", "Default", "default"),
        "locations.csv:3|location 'default'|expected one of Default",
    ),
    "carrier": (
        replaced("carriers.csv", "6617675021119438849", "6617675021119438840"),
        "carriers.csv:2|provider_id '6617675021119438840' (Evri)|lists 6617675021119438849 (Evri)",
    ),
    "carrier of another region": (
        replaced("carriers.csv", "6617675021119438849", "7117858858072016686"),
        "carriers.csv:2|provider_id '7117858858072016686'|for region GB|6617675021119438849 (Evri)",
    ),
    "folder of a site": (
        setting("[gxo]", '[gxo]\nsend_folder = "inn"'),
        "gxo.send_folder 'inn'|ask GXO",
    ),
    "host key": (setting("host_key =", f'host_key = "{OTHER_KEY}" #'), "gxo|not gxo.host_key|pin the new one"),
    "host key that is none": (setting("host_key =", 'host_key = "SHA256:abc" #'), "gxo.host_key cannot be read"),
    "user of a site": (setting("\nuser =", '\nuser = "nobody" #'), "gxo|refused: check gxo.user, gxo.password"),
    "password of a site": (secret("gxo__password", None), "gxo.password or gxo.private_key is missing|secret file"),
    "signature": (secret("tiktok_shop__app_secret", "hidden"), "tiktok_shop|check tiktok_shop.app_secret"),
    "consent": (secret("tiktok_shop__refresh_token", "hidden"), "tiktok_shop|set tiktok_shop.refresh_token"),
    "key of NetSuite": (secret("netsuite__private_key", "hidden"), "netsuite.private_key|PEM|netsuite__private_key"),
    "client of NetSuite": (secret("netsuite__client_id", None), "netsuite.client_id is missing|netsuite__client_id"),
    "token of Linnworks": (secret("linnworks__token", "hidden"), "linnworks|401|token of linnworks"),
    "GXO is down": (
        at_closed_port("gxo__port"),
        "gxo|no connection to sftp://127.0.0.1:|(Connection refused)|check gxo.host and gxo.port",
    ),
}
