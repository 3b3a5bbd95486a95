"""The analytics tables as SuiteQL shows them: their names and columns (fact sheet netsuite 8.3).

Belongs here: declarations. Does not: what is in them.
"""

from __future__ import annotations


def _columns(owner: str, text: str) -> dict[str, str]:
    """Read 'type: name name' groups; the owner's key column comes first."""
    kinds = {"i": "bigint", "m": "decimal(18,4)", "r": "decimal(18,8)", "d": "date", "t": "timestamp", "s": "varchar"}
    columns = {owner: "bigint"}
    for group in text.split(";"):
        kind, names = group.split(":")
        columns.update({name: kinds[kind.strip()] for name in names.split()})
    return columns


# table -> columns; the first column names the record a row belongs to.
TABLES = {
    "transaction": _columns("id", (
        "s: type recordtype abbrevtype tranid transactionnumber externalid otherrefnum memo status email posting void"
        " voided isreversal approvalstatus source journaltype linkedtrackingnumberlist custbody_channel"
        " custbody_channel_document custbody_channel_shop;"
        "i: entity postingperiod currency createdby lastmodifiedby employee reversal shippingaddress billingaddress;"
        "d: trandate shipdate actualshipdate closedate reversaldate;"
        "t: createddate lastmodifieddate custbody_dispatch_by;r: exchangerate;"
        "m: foreigntotal foreignamountpaid foreignamountunpaid")),
    "transactionline": _columns("transaction", (
        "i: id linesequencenumber uniquekey item subsidiary entity expenseaccount location department class"
        " createdfrom;"
        "s: mainline taxline iscogs isclosed memo posting kitcomponent assemblycomponent transactiondiscount"
        " donotdisplayline accountinglinetype transactionlinetype isfullyshipped cleared eliminate"
        " custcol_channel_reference custcol_channel_line;"
        "m: netamount foreignamount debitforeignamount creditforeignamount quantity quantityshiprecv quantitypicked"
        " quantitypacked quantitybilled quantitybackordered;r: rate;"
        "t: linelastmodifieddate linecreateddate")),
    "transactionaccountingline": _columns("transaction", (
        "i: transactionline accountingbook account;s: posting accounttype;m: amount debit credit netamount amountpaid"
        " amountunpaid;r: exchangerate;t: lastmodifieddate")),
    "itemfulfillmentpackage": _columns("transaction", (
        "i: id;s: packagetrackingnumber packagedescr packagecartonnumber;r: packageweight")),
    "transactionshippingaddress": _columns("nkey", (
        "s: addressee attention addr1 addr2 addr3 city state zip country addrphone addrtext")),
    "transactionlink": _columns("nextdoc", (
        "i: nextline previousdoc previousline;s: nexttype previoustype linktype;m: foreignamount;t: lastmodifieddate")),
    "itemlocation": _columns("id", (
        "i: item location;m: quantityonhand quantityavailable quantitycommitted quantitybackordered quantityonorder"
        " averagecostmli lastpurchasepricemli onhandvaluemli;t: lastquantityavailablechange lastmodifieddate")),
    "itemmember": _columns("parentitem", "i: item linenumber;m: quantity;s: memberdescr parenttype"),
    "customfield": _columns("id", "s: scriptid name fieldtype fieldvaluetype isinactive;t: lastmodifieddate"),
    "account": _columns("id", (
        "s: acctnumber accttype accountsearchdisplayname accountsearchdisplaynamecopy displaynamewithhierarchy fullname"
        " externalid description isinactive issummary;i: parent currency subsidiary;t: lastmodifieddate")),
    "subsidiary": _columns("id", "s: name fullname legalname country externalid iselimination isinactive;"
                                 "i: currency parent;t: lastmodifieddate"),
    "currency": _columns("id", "s: name symbol externalid isbasecurrency isinactive;i: currencyprecision;"
                               "r: exchangerate;t: lastmodifieddate"),
    "accountingperiod": _columns("id", "s: periodname closed alllocked arlocked aplocked isquarter isyear isadjust"
                                       " isposting isinactive;i: parent;d: startdate enddate;"
                                       "t: closedondate lastmodifieddate"),
    "customer": _columns("id", "s: entityid companyname altname email externalid isperson isinactive firstname"
        " lastname;"
                               "i: subsidiary currency;t: datecreated lastmodifieddate"),
    "entity": _columns("id", "s: entityid altname type email externalid isperson isinactive;i: customer;"
                             "t: datecreated lastmodifieddate"),
    "location": _columns("id", "s: name fullname externalid isinactive;i: parent subsidiary;t: lastmodifieddate"),
    "department": _columns("id", "s: name fullname externalid isinactive;i: parent;t: lastmodifieddate"),
    "classification": _columns("id", "s: name fullname externalid isinactive;i: parent;t: lastmodifieddate"),
    "item": _columns("id", "s: itemid fullname displayname description itemtype subtype externalid upccode isinactive"
        " custitem_channel_sku;"
                           "i: parent location subsidiary class department incomeaccount;r: cost averagecost;"
                           "t: createddate lastmodifieddate"),
    "deletedrecord": _columns("id", "s: name scriptid type context;i: recordid recordtypeid deletedby;t: deleteddate"),
}  # fmt: skip
VIEWS = {
    "inventoryitemlocations": "select * exclude (id, lastmodifieddate) from itemlocation",
    "aggregateitemlocation": "select * exclude (id, lastmodifieddate) from itemlocation",
    "kititemmember": "select parentitem, item, quantity from itemmember where parenttype = 'Kit'",
    "nexttransactionlinelink": "select * from transactionlink",
    "previoustransactionlinelink": "select * from transactionlink",
    "trackingnumber": "select id, packagetrackingnumber as trackingnumber from itemfulfillmentpackage"
                      " where packagetrackingnumber is not null",
    "trackingnumbermap": "select transaction, id as trackingnumber from itemfulfillmentpackage"
                         " where packagetrackingnumber is not null",
}  # fmt: skip
"""Tables that show what others hold."""
