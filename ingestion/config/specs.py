"""The tenant's CSV maps: which there are, their columns, and the values that they may use.

Belongs here: what a map looks like. Does not: reading one, or validating its rows (maps).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tieout.systems import PORTALS, WAREHOUSES

LINE_CLASSES = frozenset(
    [
        "gross_sales",
        "seller_discount",
        "refund",
        "refund_discount",
        "shipping_income",
        "shipping_cost",
        "shipping_subsidy",
        "platform_commission",
        "referral_fee",
        "transaction_fee",
        "affiliate_commission",
        "ads",
        "service_fee",
        "refund_admin_fee",
        "fee_tax",
        "withheld_tax",
        "unitemised_fee",
        "penalty",
        "chargeback",
        "reimbursement",
        "adjustment",
        "reserve_held",
        "reserve_released",
    ]
)
CLASSES_OF_A_SALE = ("gross_sales", "seller_discount", "refund", "refund_discount", "shipping_income")
"""Those that hold the tax of a sale, if it is the seller's: each needs a row in taxes.csv. dbt lists them as well."""
MEMO = "memo"
ACCRUAL_ACCOUNTS = frozenset(
    {
        "accrued_settlement",
        "accrued_revenue",
        "accrued_output_vat",
        "accrued_shipping",
        "accrued_fees",
        "accrued_adjustments",
    }
)
SPECIAL_ACCOUNTS = ("bank", "clearing", "rounding", "in_transit", "output_vat")
"""Accounts besides those of fees; the last two are needed by some tenants alone."""
ORDER_ACCOUNTS = frozenset({"order_deposits"})
"""Accounts of tenants alone whose orders are sales orders in the books."""
TREATMENTS = frozenset({"seller", "marketplace", "none"})
SHIPPING_TYPES = frozenset({"SELLER", "TIKTOK"})
RETURN_TYPES = frozenset({"REFUND", "RETURN_AND_REFUND", "REPLACEMENT", "EXCHANGE", "*"})
DECISIONS = frozenset({"approve", "reject", "refund_without_return", "offer_partial"})
GRADINGS = frozenset({"passed", "failed", "ungraded", "*"})
GRADE = "grade:"
"""Before a condition of grades.csv: all that is wrong with a parcel has this grade."""
REASON_SYSTEMS = PORTALS | {"tiktok_shop"}
REGIONS = frozenset({"GB", "US", "*"})

Row = dict[str, str]


@dataclass(frozen=True)
class Map:
    """A CSV map: its file, columns, what identifies a rule, and which values its checked column may take.

    An optional map may be missing: a tenant that ships from no warehouse of ours has no need of it. So may an optional
    column, and its value in any row. A timed map holds between the instants `starts_at` and `ends_at`, the others
    between days. `whole_numbers`: the columns that hold one, and from where to where. `any_shop`: `*` may stand for all
    shops. `common`: a column whose value has the same `sole` in all rows of a day.
    """

    entity: str
    file: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    allowed: Mapping[str, frozenset[str]]
    whole_numbers: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    optional_columns: tuple[str, ...] = ()
    is_optional: bool = False
    is_timed: bool = False
    any_shop: bool = False
    amounts: tuple[str, ...] = ()
    common: str = ""
    sole: tuple[str, ...] = ()


MAPS: tuple[Map, ...] = (
    Map(
        "fee_map",
        "fees.csv",
        ("region", "fee_key", "line_class", "sign_note", "valid_from", "valid_to"),
        ("region", "fee_key"),
        {"region": REGIONS, "line_class": LINE_CLASSES | {MEMO}, "needs_owner": frozenset({"yes", "no", ""})},
        optional_columns=("needs_owner",),
    ),
    Map(
        "account_map",
        "accounts.csv",
        ("shop_id", "line_class", "netsuite_account", "valid_from", "valid_to"),
        ("shop_id", "line_class"),
        {"line_class": LINE_CLASSES.union(SPECIAL_ACCOUNTS, ORDER_ACCOUNTS, ACCRUAL_ACCOUNTS)},
        any_shop=True,
    ),
    Map(
        "tax_map",
        "taxes.csv",
        ("shop_id", "line_class", "treatment", "rate", "valid_from", "valid_to"),
        ("shop_id", "line_class"),
        {"line_class": LINE_CLASSES, "treatment": TREATMENTS},
        any_shop=True,
    ),
    # What a unit of an item costs, landed: purchase, freight, duty. A bundle without a row costs what its parts do.
    Map(
        "cost_map",
        "costs.csv",
        ("item", "cost", "currency", "valid_from", "valid_to"),
        ("item", "currency"),
        {},
        amounts=("cost",),
        is_optional=True,
    ),
    # One master per TikTok warehouse: a second row for the same days is refused, naming both lines (INV-08).
    Map(
        "location_map",
        "locations.csv",
        ("shop_id", "warehouse_id", "system", "location", "valid_from", "valid_to"),
        ("shop_id", "warehouse_id"),
        {"system": WAREHOUSES},
        is_optional=True,
        common="warehouse_id",
        sole=("system", "location"),
    ),
    Map(
        "sku_map",
        "skus.csv",
        ("shop_id", "seller_sku", "item", "valid_from", "valid_to"),
        ("shop_id", "seller_sku"),
        {},
        is_optional=True,
    ),
    Map(
        "bundle_map",
        "bundles.csv",
        ("bundle", "component", "quantity", "valid_from", "valid_to"),
        ("bundle", "component"),
        {},
        whole_numbers={"quantity": (1, 9999)},
        is_optional=True,
    ),
    Map(
        "carrier_map",
        "carriers.csv",
        ("system", "carrier", "region", "provider_id", "provider_name", "valid_from", "valid_to"),
        ("system", "carrier", "region"),
        {"system": WAREHOUSES, "region": REGIONS},
        is_optional=True,
    ),
    Map(
        "service_map",
        "services.csv",
        ("shop_id", "shipping_type", "delivery_option", "service", "valid_from", "valid_to"),
        ("shop_id", "shipping_type", "delivery_option"),
        {"shipping_type": SHIPPING_TYPES},
        any_shop=True,
        is_optional=True,
    ),
    Map(
        "buffer_map",
        "buffers.csv",
        ("shop_id", "seller_sku", "units", "percent", "valid_from", "valid_to"),
        ("shop_id", "seller_sku"),
        {},
        whole_numbers={"units": (0, 1_000_000), "percent": (0, 100)},
        any_shop=True,
        is_optional=True,
    ),
    Map(
        "peaks",
        "peaks.csv",
        ("shop_id", "name", "starts_at", "ends_at", "buffer_units", "buffer_percent", "cadence_minutes"),
        ("shop_id", "name", "starts_at"),
        {},
        whole_numbers={
            "buffer_units": (0, 1_000_000),
            "buffer_percent": (0, 100),
            "cadence_minutes": (0, 1440),
        },
        is_optional=True,
        is_timed=True,
        any_shop=True,
    ),
    Map(
        "grades",
        "grades.csv",
        ("system", "condition", "disposition", "is_sellable", "valid_from", "valid_to"),
        ("system", "condition", "disposition"),
        {"system": PORTALS, "is_sellable": frozenset({"yes", "no"})},
        is_optional=True,
    ),
    # What buyers and portals call a reason, and what both mean by it.
    Map(
        "return_reasons",
        "return_reasons.csv",
        ("system", "code", "reason", "valid_from", "valid_to"),
        ("system", "code"),
        {"system": REASON_SYSTEMS},
        is_optional=True,
    ),
    # Until when a refund can be appealed against, and a loss be claimed, as the market's terms or a contract say.
    Map(
        "return_windows",
        "return_windows.csv",
        ("shop_id", "kind", "days", "valid_from", "valid_to"),
        ("shop_id", "kind"),
        {"kind": frozenset({"appeal", "claim"})},
        whole_numbers={"days": (1, 366)},
        is_optional=True,
        any_shop=True,
    ),
    # What to answer a buyer who asks to return, and what to do with a parcel that was graded. The narrowest row holds.
    Map(
        "return_policy",
        "return_policy.csv",
        (
            *("shop_id", "step", "return_type", "reason", "grading", "amount_up_to", "earlier_returns_up_to"),
            *("decision", "percent", "approval", "valid_from", "valid_to"),
        ),
        ("shop_id", "step", "return_type", "reason", "grading", "amount_up_to", "earlier_returns_up_to"),
        {
            "step": frozenset({"request", "parcel"}),
            "return_type": RETURN_TYPES,
            "decision": DECISIONS,
            "approval": frozenset({"auto", "person"}),
        },
        whole_numbers={"amount_up_to": (0, 1_000_000), "earlier_returns_up_to": (0, 1000), "percent": (0, 99)},
        is_optional=True,
        any_shop=True,
    ),
)
