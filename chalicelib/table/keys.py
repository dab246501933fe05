"""The map of the table: every question that is asked of it, and the one key that answers.

Attributes: ``pk``/``sk`` of the table, ``gsi1pk``/``gsi1sk`` of index ``gsi1`` (lists), ``gsi2pk``/``gsi2sk`` of index ``gsi2``
(work to do: due dates, things that wait). Both indexes are sparse: an item is there only while it carries the
attributes. ``expires_at`` (epoch seconds) is the TTL. Index reads are eventually consistent, always.

Consistency: E eventual, S strong, T inside a transaction.

id  | question                                 | index | pk                           | sk                                 | order        | consistency | used by
K01 | a member with consents, and membership   | table | MEMBER#{member}              | MEMBERSHIP, PROFILE                | by sk        | E           | members, auth, companies, orders
K02 | which member has this email              | table | EMAIL#{email}                | OWNER                              | one          | S           | members, auth
K03 | the consents a member gave and withdrew  | table | MEMBER#{member}              | CONSENTLOG#{version}#{purpose}     | by time      | E           | members
K04 | a sign-in under way                      | table | SIGNIN#{sign_in}             | SIGNIN                             | one          | S           | auth
K05 | how often was this done in this window   | table | THROTTLE#{what}#{who}        | {window}                           | one          | S, T        | auth, catalog
K06 | a company                                | table | COMPANY#{company}            | PROFILE                            | one          | E, S        | companies, orders
K07 | which company has this INN and KPP       | table | INN#{inn}#{kpp}              | OWNER                              | one          | S           | companies
K08 | which company is this customer of a file | table | CUSTOMER#{source}#{id}       | OWNER                              | one          | S           | companies
K09 | the people of a company                  | table | COMPANY#{company}            | PERSON#{member}                    | by member    | E, T        | companies
K10 | all companies by name                    | gsi1  | COMPANIES                    | {name}#{company}                   | by name      | E           | companies
K11 | people waiting for a manager's word      | gsi2  | CLAIMS                       | {time}#{company}#{member}          | oldest first | E           | companies
K12 | where a company stands                   | table | COMPANY#{company}            | STANDING                           | one          | E, S        | tiers, pricing
K13 | what falls due on a day                  | gsi2  | DUE#{work}#{day}#{shard}     | {company}                          | by company   | E           | tiers, bonuses, orders
K14 | purchases of a company by day            | table | COMPANY#{company}            | DAY#{date}                         | by day       | S           | sales, tiers
K15 | documents of a company                   | table | COMPANY#{company}            | SALE#{date}#{src}#{doc}#{rev}      | latest first | E, S        | sales, tiers
K16 | the newest revision of a document        | table | DOCUMENT#{source}#{document} | HEAD                               | one          | S           | sales
K17 | an import and its parts                  | table | IMPORT#{import}              | IMPORT, PART#{n}                   | by part      | S           | exchange
K18 | the catalogue                            | table | PRODUCTS                     | {sku}                              | by sku       | E           | catalog
K19 | a distributor                            | table | DISTRIBUTOR#{distributor}    | PROFILE                            | one          | E           | orders, companies
K20 | who serves this region                   | table | REGION#{region}              | {priority}#{distributor}           | by priority  | E           | orders
K21 | the people of a distributor              | table | DISTRIBUTOR#{distributor}    | PERSON#{member}                    | by member    | E, T        | orders
K22 | an order of a company                    | table | COMPANY#{company}            | ORDER#{order}                      | one          | S           | orders
K23 | a company's orders, newest first         | gsi1  | ORDERS#{company}             | {time}#{order}                     | by time      | E           | orders
K24 | whose order is this, for a distributor   | table | DISTRIBUTOR#{distributor}    | ORDER#{order}                      | one          | S           | orders
K25 | a distributor's orders, newest first     | gsi2  | QUEUE#{distributor}          | {time}#{order}                     | by time      | E           | orders
K26 | a report                                 | table | REPORT#{report}              | REPORT, TEXT#{language}            | one          | E           | reports
K27 | reports, newest first                    | gsi1  | REPORTS                      | {time}#{report}                    | by time      | E           | reports
K28 | who read a report                        | table | REPORT#{report}              | READ#{time}#{member}               | by time      | E           | reports
K29 | a letter                                 | table | LETTER#{letter}              | LETTER                             | one          | S           | letters
K30 | is this address suppressed               | table | EMAIL#{email}                | SUPPRESSION                        | one          | S, T        | letters
K31 | was this request done before             | table | ONCE#{caller}#{key}          | ONCE                               | one          | S           | platform.http
K32 | what happened to this owner              | table | {owner's pk}                 | EVENT#{time}#{id}                  | by time      | E           | platform.events
K33 | all distributors                         | gsi1  | DISTRIBUTORS                 | {name}#{distributor}               | by name      | E           | orders
K34 | the staff                                | gsi1  | STAFF                        | {name}#{member}                    | by name      | E           | members
K35 | imports, newest first                    | gsi1  | IMPORTS                      | {time}#{import}                    | by time      | E           | exchange
K36 | letters that someone must look at        | gsi2  | LETTERS#{state}              | {time}#{letter}                    | oldest first | E           | letters
K37 | when did this job last run               | table | RUN#{job}                    | {time}                             | newest first | S           | platform.nights
K38 | the further lines of a long document     | table | COMPANY#{company}            | LINES#{date}#{src}#{doc}#{rev}#{n} | by number    | S           | sales
K39 | was this shipping document told before   | table | DISTRIBUTOR#{distributor}    | SHIPMENT#{year}#{document}         | one          | T           | orders
K40 | the ladders in force of a currency       | table | LADDERS                      | FROM#{currency}#{date}             | by day       | S           | tiers
K41 | the manual tiers of a company            | table | COMPANY#{company}            | STANDING#MANUAL#{time}#{grant}     | newest first | S           | tiers
K42 | a ladder as staff see it                 | table | LADDERS                      | LADDER#{ladder}                    | one          | S           | tiers
K43 | a simulation and its parts               | table | SIMULATION#{simulation}      | SIMULATION, PART#{n}               | by part      | S           | tiers
K44 | a company's bonuses                      | table | COMPANY#{company}            | BONUS                              | one          | E, S        | bonuses
K45 | whose bonuses moved on this day          | gsi1  | MOVED#{day}#{shard}          | {company}                          | by company   | E           | bonuses
K46 | the postings of a company's ledger       | table | LEDGER#{company}             | POSTING#{at}#{sequence}            | by time      | E, S        | bonuses
K47 | what did this cause post                 | table | LEDGER#{company}             | CAUSE#{posting}                    | one          | S, T        | bonuses
K48 | a redemption, and that of an order       | table | COMPANY#{company}            | REDEMPTION#{redemption}, FORORDER#{order} | one   | S, T        | bonuses
K49 | a company's redemptions, newest first    | gsi1  | REDEMPTIONS#{company}        | {time}#{redemption}                | by time      | E           | bonuses
K50 | an adjustment of a company's bonuses     | table | COMPANY#{company}            | ADJUSTMENT#{adjustment}            | one          | S           | bonuses
K51 | what a document and its returns earned   | table | COMPANY#{company}            | ACCRUAL#{src}#{doc}                | one          | S           | bonuses
K52 | accruals of a company by day             | table | COMPANY#{company}            | ACCRUED#{date}#{src}#{case}#{doc}  | by day       | E, S        | bonuses
K53 | is this document paid                    | table | DOCUMENT#{source}#{document} | PAYMENT                            | one          | S           | bonuses
K54 | a machine client                         | table | MACHINE#{client}             | CLIENT                             | one          | E, S, T     | bonuses
K55 | what a machine client granted            | table | MACHINE#{client}             | GRANT#{reference}                  | one          | S           | bonuses
K56 | how far a company's volume bonuses are   | table | COMPANY#{company}            | PERIODS#{programme}                | by programme | S           | bonuses
K57 | a company's closed periods               | table | COMPANY#{company}            | PERIOD#{last day}#{programme}      | newest first | E, T        | bonuses
K58 | what goods a company is owed             | table | COMPANY#{company}            | ENTITLEMENT#{entitlement}          | newest first | E, S        | bonuses
K59 | the goods chosen for an entitlement      | table | COMPANY#{company}            | CHOICE#{entitlement}#{choice}      | by choice    | S           | bonuses
K60 | goods to be shipped or handed over       | gsi2  | GOODS                        | {time}#{choice}                    | oldest first | E           | bonuses
K61 | base prices as they were at a close      | table | PRICELIST#{list}             | LIST, PRICE#{sku}                  | by sku       | E, S, T     | bonuses
K62 | up to where a company's ledger is proved | table | PROOF#{shard}               | {company}                          | by company   | S           | bonuses
K63 | the club's totals of all bonuses         | table | CLUBTOTALS                   | {currency}#{shard}                 | by currency  | S           | bonuses
K64 | what does not balance                    | table | MISMATCH#{company}           | {account}                          | by account   | E           | bonuses
K65 | what does not balance yet                | gsi2  | MISMATCHES                   | {time}#{company}#{account}         | oldest first | E           | bonuses
K66 | ladders, newest first                    | gsi1  | LADDERS                      | {time}#{ladder}                    | by time      | E           | tiers
K67 | adjustments that wait for a second word  | gsi2  | ADJUSTMENTS                  | {time}#{adjustment}                | oldest first | E           | bonuses
K68 | how much of its limits a client used     | table | MACHINE#{client}             | USED#{period}#{company}            | one          | S, T        | bonuses
K69 | machine clients by name                  | gsi1  | MACHINES                     | {name}#{client}                    | by name      | E           | bonuses
K70 | the tree of categories                   | table | CATEGORIES                   | TREE                               | one          | E, S        | catalog
K71 | how far the catalogue's index is         | table | CATALOGUE                    | HEAD                               | one          | E, S        | catalog
K72 | the catalogue's index                    | table | CATALOGUE                    | SHARD#{n}                          | by number    | E, S        | catalog
K73 | a product's picture                      | table | IMAGE#{image}                | IMAGE                              | one          | S           | catalog
K74 | the personal terms of a company          | table | COMPANY#{company}            | TERMS                              | one          | E, S        | pricing
K75 | a promotion                              | table | PROMOTION#{promotion}        | PROMOTION                          | one          | S           | pricing
K76 | promotions, latest last day first        | gsi1  | PROMOTIONS                   | {last day}#{promotion}             | by last day  | E           | pricing
K77 | the promotions that make prices          | table | PROMOTIONS                   | RUNNING                            | one          | E, S        | pricing
K78 | what a company has on order and owes     | table | COMPANY#{company}            | CREDIT                             | one          | E, T        | orders
K79 | redemptions that wait for the staff      | gsi2  | REDEMPTIONS                  | {time}#{redemption}                | oldest first | E           | bonuses
K80 | was this return's document told before   | table | DISTRIBUTOR#{distributor}    | RETURN#{year}#{document}           | one          | T           | orders
K81 | what orders took of a promotion's limits | table | PROMOTION#{promotion}        | USED                               | one          | S, T        | pricing, orders
K82 | how often a company used promotions      | table | COMPANY#{company}            | PROMOTIONS                         | one          | E, T        | pricing, orders
K83 | what is reserved of binding stock        | table | DISTRIBUTOR#{distributor}    | RESERVED#{n}, SHIPPEDOUT#{n}#{minute} | by time   | E, S, T     | orders
K84 | whose binding stock is in this warehouse | table | DISTRIBUTORS                 | WAREHOUSES                         | one          | E, T        | orders
K85 | offers and display deals of a company    | table | COMPANY#{company}            | GRANTED                            | one          | E, S, T     | pricing, orders
K86 | an offer to a company                    | table | COMPANY#{company}            | OFFER#{offer}                      | one          | S           | pricing, orders
K87 | a company's offers, newest first         | gsi1  | OFFERS#{company}             | {time}#{offer}                     | by time      | E           | pricing
K88 | a proof of goods on display              | table | COMPANY#{company}            | DISPLAY#{proof}                    | one          | S           | pricing
K89 | a company's proofs, newest first         | gsi1  | DISPLAYS#{company}           | {time}#{proof}                     | by time      | E           | pricing
K90 | proofs that wait for a manager           | gsi2  | DISPLAYS                     | {time}#{proof}                     | oldest first | E           | pricing
K91 | the companies of an INN, and their deals | table | CHAIN#{inn}                 | COMPANY#{company}, GRANTED         | by company   | S, T        | pricing
K92 | a list of best sellers, and its parts    | table | BESTSELLERS#{list}           | LIST, PART#{n}                     | by part      | S           | pricing
K93 | goods on top of a company's orders       | table | COMPANY#{company}            | GIFT#{time}#{gift}                 | newest first | E, S        | orders
K94 | a message to a distributor's endpoint    | table | WEBHOOK#{distributor}        | MESSAGE#{message}                  | newest first | S           | exchange
K95 | messages of a lane that wait             | table | WEBHOOK#{distributor}        | WAITING#{lane}#{message}           | oldest first | S           | exchange
K96 | where a distributor takes its messages   | table | WEBHOOK#{distributor}        | ENDPOINT                           | one          | E, S, T     | exchange
K97 | what lies in a member's cart             | table | COMPANY#{company}            | CART#{member}                      | one          | S, T        | orders
K98 | what others buy together with an article | table | TOGETHER#{sku}               | COUNTS                             | one          | E, S        | orders
K99 | what a buyer added to those counts       | table | BUYER#{inn or company}       | TOGETHER                           | one          | S           | orders
K100 | what of an order waits for an answer    | table | COMPANY#{company}            | WAITING#{order}                    | one          | S           | orders
K101 | of which order nobody was told in time  | gsi2  | WAITING#{shard}              | {time}#{order}                     | first due    | E           | orders
K102 | what distributors have not answered     | gsi1  | UNANSWERED                   | {time}#{order}                     | oldest first | E           | orders
K103 | what a partner wishes for               | table | DEMAND#{demand}              | DEMAND                             | one          | S           | catalog
K104 | a member's wishes, newest first         | gsi1  | DEMANDS#{company}#{member}   | {time}#{demand}                    | by time      | E           | catalog
K105 | who waits for this article              | gsi2  | WANTED#{sku}                 | {time}#{demand}                    | oldest first | E           | catalog
K106 | how many wait for this article          | table | DEMANDED#{sku}               | COUNT                              | one          | S           | catalog
K107 | what is wanted most                     | gsi1  | DEMANDED                     | {demands}#{units}#{sku}            | most first   | E           | catalog
"""

from datetime import date
from typing import NamedTuple
from zlib import crc32


class Key(NamedTuple):
    """Address of one item. ``sk`` of a list key is the prefix that the list shares."""

    pk: str
    sk: str

    def as_item(self) -> dict[str, str]:
        return {"pk": self.pk, "sk": self.sk}

    def as_gsi1(self) -> dict[str, str]:
        return {"gsi1pk": self.pk, "gsi1sk": self.sk}

    def as_gsi2(self) -> dict[str, str]:
        return {"gsi2pk": self.pk, "gsi2sk": self.sk}


# --- people -----------------------------------------------------------------------------------------------------------


def member(member_id: str) -> Key:
    """K01, the profile with the consents that hold; next to `membership`, so that one query reads both."""
    return Key(f"MEMBER#{member_id}", "PROFILE")


def membership(member_id: str) -> Key:
    """K01, whom the member speaks for."""
    return Key(f"MEMBER#{member_id}", "MEMBERSHIP")


def consent_log(member_id: str, version: int, purpose: str) -> Key:
    """K03. By the version of the member that the answer made, so that no two answers meet."""
    return Key(f"MEMBER#{member_id}", f"CONSENTLOG#{version:06d}#{purpose}")


def email_owner(email: str) -> Key:
    """K02."""
    return Key(f"EMAIL#{email}", "OWNER")


STAFF = "STAFF"


def staff_list(name: str, member_id: str) -> Key:
    """K34."""
    return Key(STAFF, f"{name.casefold()}#{member_id}")


def sign_in(sign_in_id: str) -> Key:
    """K04."""
    return Key(f"SIGNIN#{sign_in_id}", "SIGNIN")


def throttle(what: str, who: str, window: str) -> Key:
    """K05."""
    return Key(f"THROTTLE#{what}#{who}", window)


# --- companies --------------------------------------------------------------------------------------------------------


def company(company_id: str) -> Key:
    """K06."""
    return Key(f"COMPANY#{company_id}", "PROFILE")


def inn_owner(inn: str, kpp: str) -> Key:
    """K07. A sole trader has no KPP: the field stays empty."""
    return Key(f"INN#{inn}#{kpp}", "OWNER")


def customer_owner(source: str, customer: str) -> Key:
    """K08."""
    return Key(f"CUSTOMER#{source}#{customer}", "OWNER")


def person(company_id: str, member_id: str) -> Key:
    """K09. With an empty member: the prefix of the list."""
    return Key(f"COMPANY#{company_id}", f"PERSON#{member_id}")


def company_list(name: str, company_id: str) -> Key:
    """K10."""
    return Key("COMPANIES", f"{name.casefold()}#{company_id}")


def claim_list(at: str, company_id: str, member_id: str) -> Key:
    """K11."""
    return Key("CLAIMS", f"{at}#{company_id}#{member_id}")


# --- facts and standing -----------------------------------------------------------------------------------------------


def standing(company_id: str) -> Key:
    """K12."""
    return Key(f"COMPANY#{company_id}", "STANDING")


def manual_tier(company_id: str, at: str = "", grant_id: str = "") -> Key:
    """K41. Beside the standing, so that one query reads both. Without a time and a grant: the prefix of the list."""
    return Key(f"COMPANY#{company_id}", f"STANDING#MANUAL#{at}{'#' if at else ''}{grant_id}")


CLUB_TOTALS = "CLUBTOTALS"
MISMATCHES = "MISMATCHES"
DUE_SHARDS = 8


def due(work: str, day: date, company_id: str) -> Key:
    """K13. Sharded, so that a day on which everything falls due does not heat one index partition."""
    return Key(due_shard(work, day, _shard(company_id)), company_id)


def due_shard(work: str, day: date, shard: int) -> str:
    """K13, the partition of one shard."""
    return f"DUE#{work}#{day.isoformat()}#{shard}"


def _shard(company_id: str) -> int:
    return crc32(company_id.encode()) % DUE_SHARDS


def ladder_from(currency: str, day: date | None = None) -> Key:
    """K40. Without a day: the prefix of the list."""
    return Key("LADDERS", f"FROM#{currency}#{day.isoformat() if day else ''}")


def ladder(ladder_id: str) -> Key:
    """K42."""
    return Key("LADDERS", f"LADDER#{ladder_id}")


def ladder_list(at: str, ladder_id: str) -> Key:
    """K66."""
    return Key("LADDERS", f"{at}#{ladder_id}")


def simulation(simulation_id: str) -> Key:
    """K43."""
    return Key(f"SIMULATION#{simulation_id}", "SIMULATION")


def simulation_part(simulation_id: str, part: int) -> Key:
    """K43."""
    return Key(f"SIMULATION#{simulation_id}", f"PART#{part:06d}")


def day_total(company_id: str, day: date | None = None) -> Key:
    """K14. Without a day: the prefix of the list."""
    return Key(f"COMPANY#{company_id}", f"DAY#{day.isoformat() if day else ''}")


def sale(company_id: str, day: date, source: str, document: str, revision: int) -> Key:
    """K15."""
    return Key(f"COMPANY#{company_id}", f"SALE#{day.isoformat()}#{source}#{document}#{revision:06d}")


def sale_day(company_id: str, day: date) -> Key:
    """K15, where the documents of this day begin, and those of the day before end."""
    return Key(f"COMPANY#{company_id}", f"SALE#{day.isoformat()}")


def sale_lines(sale: Key, number: int) -> Key:
    """K38. Beside the document whose lines they are, and out of the way of the list."""
    return Key(sale.pk, f"LINES{sale.sk.removeprefix('SALE')}#{number:03d}")


def document(source: str, number: str) -> Key:
    """K16."""
    return Key(f"DOCUMENT#{source}#{number}", "HEAD")


def import_(import_id: str) -> Key:
    """K17."""
    return Key(f"IMPORT#{import_id}", "IMPORT")


def import_part(import_id: str, part: int) -> Key:
    """K17."""
    return Key(f"IMPORT#{import_id}", f"PART#{part:06d}")


def import_list(at: str, import_id: str) -> Key:
    """K35."""
    return Key("IMPORTS", f"{at}#{import_id}")


# --- catalogue and orders ---------------------------------------------------------------------------------------------


def product(sku: str) -> Key:
    """K18."""
    return Key("PRODUCTS", sku)


def categories() -> Key:
    """K70."""
    return Key("CATEGORIES", "TREE")


def catalogue_index() -> Key:
    """K71. What happened to the catalogue lies beside it."""
    return Key("CATALOGUE", "HEAD")


def catalogue_shard(shard: int) -> Key:
    """K72."""
    return Key("CATALOGUE", f"SHARD#{shard:02d}")


def image(image_id: str) -> Key:
    """K73."""
    return Key(f"IMAGE#{image_id}", "IMAGE")


def demand(demand_id: str) -> Key:
    """K103."""
    return Key(f"DEMAND#{demand_id}", "DEMAND")


def demand_list(company_id: str, member_id: str, at: str, demand_id: str) -> Key:
    """K104."""
    return Key(f"DEMANDS#{company_id}#{member_id}", f"{at}#{demand_id}")


def wanted(sku: str, at: str, demand_id: str) -> Key:
    """K105. Without an article number: wishes in words, which name no product."""
    return Key(f"WANTED#{sku}", f"{at}#{demand_id}")


def demand_count(sku: str) -> Key:
    """K106."""
    return Key(f"DEMANDED#{sku}", "COUNT")


def demand_rank(demands: int, units: int, sku: str) -> Key:
    """K107. As texts the numbers sort as they do as numbers."""
    return Key("DEMANDED", f"{demands:09d}#{units:015d}#{sku}")


def distributor(distributor_id: str) -> Key:
    """K19."""
    return Key(f"DISTRIBUTOR#{distributor_id}", "PROFILE")


def distributor_list(name: str, distributor_id: str) -> Key:
    """K33."""
    return Key("DISTRIBUTORS", f"{name.casefold()}#{distributor_id}")


def region(region_code: str, priority: int, distributor_id: str) -> Key:
    """K20. The lowest priority number is asked first."""
    return Key(f"REGION#{region_code}", f"{priority:04d}#{distributor_id}")


RESERVED_SHARDS = 32


def reserved(distributor_id: str, sku: str) -> Key:
    """K83. Sharded by article: an order of 200 lines must fit into a transaction, and orders for other goods must not meet."""
    return Key(f"DISTRIBUTOR#{distributor_id}", f"RESERVED#{_reserved_shard(sku)}")


def shipped_out(distributor_id: str, sku: str, minute: str = "") -> Key:
    """K83. Without a minute: the prefix of the shard's list."""
    return Key(f"DISTRIBUTOR#{distributor_id}", f"SHIPPEDOUT#{_reserved_shard(sku)}#{minute}")


def _reserved_shard(sku: str) -> str:
    return f"{crc32(sku.encode()) % RESERVED_SHARDS:02d}"


def warehouses() -> Key:
    """K84."""
    return Key("DISTRIBUTORS", "WAREHOUSES")


def distributor_person(distributor_id: str, member_id: str) -> Key:
    """K21."""
    return Key(f"DISTRIBUTOR#{distributor_id}", f"PERSON#{member_id}")


def order(company_id: str, order_id: str) -> Key:
    """K22."""
    return Key(f"COMPANY#{company_id}", f"ORDER#{order_id}")


def order_list(company_id: str, at: str, order_id: str) -> Key:
    """K23."""
    return Key(f"ORDERS#{company_id}", f"{at}#{order_id}")


def distributor_order(distributor_id: str, order_id: str) -> Key:
    """K24. Written once with the order and never changed: it says whose order this is."""
    return Key(f"DISTRIBUTOR#{distributor_id}", f"ORDER#{order_id}")


def distributor_queue(distributor_id: str, at: str, order_id: str) -> Key:
    """K25."""
    return Key(f"QUEUE#{distributor_id}", f"{at}#{order_id}")


def shipment(distributor_id: str, year: int, document: str) -> Key:
    """K39. Written with the shipment and never changed. Bookkeeping numbers its documents anew each year."""
    return Key(f"DISTRIBUTOR#{distributor_id}", f"SHIPMENT#{year}#{document}")


def waiting(company_id: str, order_id: str) -> Key:
    """K100. There as long as something of the order waits for the distributor."""
    return Key(f"COMPANY#{company_id}", f"WAITING#{order_id}")


def waiting_due(at: str, company_id: str, order_id: str) -> Key:
    """K101. Sharded like what falls due on a day: all that came over a weekend falls due at one moment."""
    return Key(waiting_shard(_shard(company_id)), f"{at}#{order_id}")


def waiting_shard(shard: int) -> str:
    """K101, the partition of one shard."""
    return f"WAITING#{shard}"


def unanswered(at: str, order_id: str) -> Key:
    """K102. `at`: since when it waits."""
    return Key("UNANSWERED", f"{at}#{order_id}")


def returned(distributor_id: str, year: int, document: str) -> Key:
    """K80. As `shipment`; what comes back has numbers of its own."""
    return Key(f"DISTRIBUTOR#{distributor_id}", f"RETURN#{year}#{document}")


def gift(company_id: str, placed_at: str = "", gift_id: str = "") -> Key:
    """K93. Without a time: the prefix of the list."""
    return Key(f"COMPANY#{company_id}", f"GIFT#{placed_at}" + (f"#{gift_id}" if gift_id else ""))


# --- periods and goods ------------------------------------------------------------------------------------------------


def volume_course(company_id: str, programme: str) -> Key:
    """K56. Without a programme: the prefix of the list."""
    return Key(f"COMPANY#{company_id}", f"PERIODS#{programme}")


def period(company_id: str, last: date | None, programme: str) -> Key:
    """K57. Without a day and a programme: the prefix of the list."""
    return Key(f"COMPANY#{company_id}", f"PERIOD#{last.isoformat()}#{programme}" if last else "PERIOD#")


def entitlement(company_id: str, entitlement_id: str) -> Key:
    """K58. Ids begin with the day from which the goods are there, so the list is in the order of days."""
    return Key(f"COMPANY#{company_id}", f"ENTITLEMENT#{entitlement_id}")


def choice(company_id: str, entitlement_id: str, choice_id: str) -> Key:
    """K59. Without a choice: the prefix of the list."""
    return Key(f"COMPANY#{company_id}", f"CHOICE#{entitlement_id}#{choice_id}")


def goods_list(at: str, choice_id: str) -> Key:
    """K60. A gift waits under the id of its entitlement."""
    return Key("GOODS", f"{at}#{choice_id}")


def price_list(list_id: str) -> Key:
    """K61, when it was frozen, and whether it is whole."""
    return Key(f"PRICELIST#{list_id}", "LIST")


def frozen_price(list_id: str, sku: str) -> Key:
    """K61. With the beginning of an article number: the prefix of the list."""
    return Key(f"PRICELIST#{list_id}", f"PRICE#{sku}")


# --- bonuses ----------------------------------------------------------------------------------------------------------


CREATED_ONLY = "LEDGER#"  # partitions whose items are neither changed nor deleted: the functions' policies say so, too


def bonuses(company_id: str) -> Key:
    """K44."""
    return Key(f"COMPANY#{company_id}", "BONUS")


def bonuses_moved(day: date, company_id: str) -> Key:
    """K45. The newest day only: a company that moves again is listed again on that day, and no more on the first."""
    return Key(bonuses_moved_shard(day, _shard(company_id)), company_id)


def bonuses_moved_shard(day: date, shard: int) -> str:
    """K45, the partition of one shard."""
    return f"MOVED#{day.isoformat()}#{shard}"


def posting(company_id: str, at: str, sequence: int | None) -> Key:
    """K46. Without a sequence: where the postings of this moment begin; without a moment too: the prefix of the list."""
    return Key(f"{CREATED_ONLY}{company_id}", f"POSTING#{at}" + ("" if sequence is None else f"#{sequence:08d}"))


def posting_cause(company_id: str, posting_id: str) -> Key:
    """K47."""
    return Key(f"{CREATED_ONLY}{company_id}", f"CAUSE#{posting_id}")


def redemption(company_id: str, redemption_id: str) -> Key:
    """K48."""
    return Key(f"COMPANY#{company_id}", f"REDEMPTION#{redemption_id}")


def redemption_for_order(company_id: str, order_id: str) -> Key:
    """K48. There as long as the redemption is reserved: an order holds one at most."""
    return Key(f"COMPANY#{company_id}", f"FORORDER#{order_id}")


def redemption_list(company_id: str, at: str, redemption_id: str) -> Key:
    """K49."""
    return Key(f"REDEMPTIONS#{company_id}", f"{at}#{redemption_id}")


def redemptions_waiting(at: str, redemption_id: str) -> Key:
    """K79."""
    return Key("REDEMPTIONS", f"{at}#{redemption_id}")


def adjustment(company_id: str, adjustment_id: str) -> Key:
    """K50."""
    return Key(f"COMPANY#{company_id}", f"ADJUSTMENT#{adjustment_id}")


def adjustments_waiting(at: str, adjustment_id: str) -> Key:
    """K67."""
    return Key("ADJUSTMENTS", f"{at}#{adjustment_id}")


# --- accruals, payments, machine clients ------------------------------------------------------------------------------


def accrual(company_id: str, source: str, document: str) -> Key:
    """K51."""
    return Key(f"COMPANY#{company_id}", f"ACCRUAL#{source}#{document}")


def accrued(company_id: str, day: date, source: str, case: str, document: str) -> Key:
    """K52. `case`: the document in whose accrual this one's is kept; most often its own."""
    return Key(f"COMPANY#{company_id}", f"ACCRUED#{day.isoformat()}#{source}#{case}#{document}")


def accrued_day(company_id: str, day: date | None = None) -> Key:
    """K52, where the accruals of this day begin, and those of the day before end. Without a day: the prefix of the list."""
    return Key(f"COMPANY#{company_id}", f"ACCRUED#{day.isoformat() if day else ''}")


def payment(source: str, document: str) -> Key:
    """K53. It may come before the document."""
    return Key(f"DOCUMENT#{source}#{document}", "PAYMENT")


def machine(client_id: str) -> Key:
    """K54."""
    return Key(f"MACHINE#{client_id}", "CLIENT")


def machine_list(name: str, client_id: str) -> Key:
    """K69."""
    return Key("MACHINES", f"{name.casefold()}#{client_id}")


def machine_grant(client_id: str, reference: str) -> Key:
    """K55. The client's own reference names it, for ever."""
    return Key(f"MACHINE#{client_id}", f"GRANT#{reference}")


def machine_used(client_id: str, period: str, company_id: str = "") -> Key:
    """K68. `period`: a day, of one company, or a month, of all."""
    return Key(f"MACHINE#{client_id}", f"USED#{period}#{company_id}")


def proof(company_id: str) -> Key:
    """K62."""
    return Key(proof_shard(_shard(company_id)), company_id)


def proof_shard(shard: int) -> str:
    """K62, the partition of one shard."""
    return f"PROOF#{shard}"


def club_total(currency: str, company_id: str) -> Key:
    """K63. Of the shard in which the company lies, so that not all companies meet at one item."""
    return Key(CLUB_TOTALS, f"{currency}#{_shard(company_id)}")


def mismatch(owner: str, account: str) -> Key:
    """K64. `owner`: a company, or a club total."""
    return Key(f"MISMATCH#{owner}", account)


def mismatch_list(at: str, owner: str, account: str) -> Key:
    """K65."""
    return Key(MISMATCHES, f"{at}#{owner}#{account}")


def credit(company_id: str) -> Key:
    """K78."""
    return Key(f"COMPANY#{company_id}", "CREDIT")


def cart(company_id: str, member_id: str) -> Key:
    """K97. With the company: who speaks for another one by now finds another cart."""
    return Key(f"COMPANY#{company_id}", f"CART#{member_id}")


def together(sku: str) -> Key:
    """K98."""
    return Key(f"TOGETHER#{sku}", "COUNTS")


def counted_together(buyer: str) -> Key:
    """K99. `buyer`: an INN, so that the shops of a chain are one; without one the company."""
    return Key(f"BUYER#{buyer}", "TOGETHER")


def terms(company_id: str) -> Key:
    """K74."""
    return Key(f"COMPANY#{company_id}", "TERMS")


def promotion(promotion_id: str) -> Key:
    """K75."""
    return Key(f"PROMOTION#{promotion_id}", "PROMOTION")


def promotion_list(last: date | None, promotion_id: str) -> Key:
    """K76. Without a day: the partition of the list."""
    return Key("PROMOTIONS", f"{last.isoformat() if last else ''}#{promotion_id}")


def running_promotions() -> Key:
    """K77."""
    return Key("PROMOTIONS", "RUNNING")


def promotion_used(promotion_id: str) -> Key:
    """K81."""
    return Key(f"PROMOTION#{promotion_id}", "USED")


def promotions_used(company_id: str) -> Key:
    """K82."""
    return Key(f"COMPANY#{company_id}", "PROMOTIONS")


def granted(company_id: str) -> Key:
    """K85."""
    return Key(f"COMPANY#{company_id}", "GRANTED")


def offer(company_id: str, offer_id: str) -> Key:
    """K86."""
    return Key(f"COMPANY#{company_id}", f"OFFER#{offer_id}")


def offer_list(company_id: str, at: str, offer_id: str) -> Key:
    """K87."""
    return Key(f"OFFERS#{company_id}", f"{at}#{offer_id}")


def webhook_message(distributor_id: str, message_id: str = "") -> Key:
    """K94. Ids begin with the moment, so the list is in the order of what happened. Without one: the prefix of the list."""
    return Key(f"WEBHOOK#{distributor_id}", f"MESSAGE#{message_id}")


def webhook_waiting(distributor_id: str, lane: str, message_id: str) -> Key:
    """K95. There as long as the message waits. With an empty message: the prefix of the lane."""
    return Key(f"WEBHOOK#{distributor_id}", f"WAITING#{lane}#{message_id}")


def webhook_endpoint(distributor_id: str) -> Key:
    """K96."""
    return Key(f"WEBHOOK#{distributor_id}", "ENDPOINT")


def display(company_id: str, proof_id: str) -> Key:
    """K88."""
    return Key(f"COMPANY#{company_id}", f"DISPLAY#{proof_id}")


def display_list(company_id: str, at: str, proof_id: str) -> Key:
    """K89."""
    return Key(f"DISPLAYS#{company_id}", f"{at}#{proof_id}")


def displays_waiting(at: str, proof_id: str) -> Key:
    """K90."""
    return Key("DISPLAYS", f"{at}#{proof_id}")


def chain_company(inn: str, company_id: str) -> Key:
    """K91. Without a company: the prefix of the list."""
    return Key(f"CHAIN#{inn}", f"COMPANY#{company_id}")


def chain_granted(inn: str) -> Key:
    """K91, what was approved for all of them."""
    return Key(f"CHAIN#{inn}", "GRANTED")


def best_sellers(list_id: str) -> Key:
    """K92."""
    return Key(f"BESTSELLERS#{list_id}", "LIST")


def best_sellers_part(list_id: str, part: int) -> Key:
    """K92."""
    return Key(f"BESTSELLERS#{list_id}", f"PART#{part:06d}")


# --- reports, letters, the rest ---------------------------------------------------------------------------------------


def report(report_id: str) -> Key:
    """K26."""
    return Key(f"REPORT#{report_id}", "REPORT")


def report_text(report_id: str, language: str) -> Key:
    """K26. All that a reader of this language is shown."""
    return Key(f"REPORT#{report_id}", f"TEXT#{language}")


def report_list(at: str, report_id: str) -> Key:
    """K27."""
    return Key("REPORTS", f"{at}#{report_id}")


def report_read(report_id: str, at: str, member_id: str) -> Key:
    """K28."""
    return Key(f"REPORT#{report_id}", f"READ#{at}#{member_id}")


def letter(letter_id: str) -> Key:
    """K29."""
    return Key(f"LETTER#{letter_id}", "LETTER")


def letter_list(state: str, at: str, letter_id: str) -> Key:
    """K36. Only states that wait for something are listed, so the index stays small."""
    return Key(f"LETTERS#{state}", f"{at}#{letter_id}")


def suppression(email: str) -> Key:
    """K30."""
    return Key(f"EMAIL#{email}", "SUPPRESSION")


def once(caller: str, key: str) -> Key:
    """K31."""
    return Key(f"ONCE#{caller}#{key}", "ONCE")


def run(job: str, at: str = "") -> Key:
    """K37. Without a time: the partition of all runs."""
    return Key(f"RUN#{job}", at)


def event(owner: Key, at: str, event_id: str) -> Key:
    """K32. An event lies beside what it happened to."""
    return Key(owner.pk, f"EVENT#{at}#{event_id}")
