"""The region that INN and KPP tell, and the time in a region.

The first two digits of an INN are the region of the tax office that gave it, those of a KPP the region of the tax office where the company
or its branch is registered now (order of the Federal Tax Service of 29 June 2012, ММВ-7-6/435@). The names are those of ISO 3166-2:RU.
"""

_CODES = {
    "01": "AD", "02": "BA", "03": "BU", "04": "AL", "05": "DA", "06": "IN", "07": "KB", "08": "KL", "09": "KC", "10": "KR",
    "11": "KO", "12": "ME", "13": "MO", "14": "SA", "15": "SE", "16": "TA", "17": "TY", "18": "UD", "19": "KK", "20": "CE",
    "21": "CU", "22": "ALT", "23": "KDA", "24": "KYA", "25": "PRI", "26": "STA", "27": "KHA", "28": "AMU", "29": "ARK", "30": "AST",
    "31": "BEL", "32": "BRY", "33": "VLA", "34": "VGG", "35": "VLG", "36": "VOR", "37": "IVA", "38": "IRK", "39": "KGD", "40": "KLU",
    "41": "KAM", "42": "KEM", "43": "KIR", "44": "KOS", "45": "KGN", "46": "KRS", "47": "LEN", "48": "LIP", "49": "MAG", "50": "MOS",
    "51": "MUR", "52": "NIZ", "53": "NGR", "54": "NVS", "55": "OMS", "56": "ORE", "57": "ORL", "58": "PNZ", "59": "PER", "60": "PSK",
    "61": "ROS", "62": "RYA", "63": "SAM", "64": "SAR", "65": "SAK", "66": "SVE", "67": "SMO", "68": "TAM", "69": "TVE", "70": "TOM",
    "71": "TUL", "72": "TYU", "73": "ULY", "74": "CHE", "75": "ZAB", "76": "YAR", "77": "MOW", "78": "SPE", "79": "YEV", "83": "NEN",
    "86": "KHM", "87": "CHU", "89": "YAN",
}  # fmt: skip

_ZONES = {
    "Europe/Kaliningrad": "RU-KGD",
    "Europe/Moscow": "RU",
    "Europe/Samara": "RU-SAM RU-UD",
    "Europe/Saratov": "RU-SAR",
    "Europe/Astrakhan": "RU-AST",
    "Europe/Ulyanovsk": "RU-ULY",
    "Asia/Yekaterinburg": "RU-BA RU-CHE RU-KGN RU-KHM RU-ORE RU-PER RU-SVE RU-TYU RU-YAN",
    "Asia/Omsk": "RU-OMS",
    "Asia/Novosibirsk": "RU-NVS",
    "Asia/Tomsk": "RU-TOM",
    "Asia/Barnaul": "RU-AL RU-ALT",
    "Asia/Novokuznetsk": "RU-KEM",
    "Asia/Krasnoyarsk": "RU-KK RU-KYA RU-TY",
    "Asia/Irkutsk": "RU-BU RU-IRK",
    "Asia/Chita": "RU-ZAB",
    "Asia/Yakutsk": "RU-AMU RU-SA",
    "Asia/Vladivostok": "RU-KHA RU-PRI RU-YEV",
    "Asia/Magadan": "RU-MAG",
    "Asia/Sakhalin": "RU-SAK",
    "Asia/Kamchatka": "RU-KAM",
    "Asia/Anadyr": "RU-CHU",
}
_ZONE_OF = {region: zone for zone, regions in _ZONES.items() for region in regions.split()}


def zone_of(region: str | None) -> str | None:
    """The time zone of a region of Russia, of Yakutia and Sakhalin that of the capital; None of any other region."""
    if region is None or not region.startswith("RU-"):
        return None
    return _ZONE_OF.get(region, _ZONE_OF["RU"])


def region_of(inn: str | None, kpp: str | None) -> str | None:
    """The region in ISO 3166-2; None where neither tells one, such as those of foreign companies. A KPP knows a move, so it comes first."""
    for code in (kpp, inn):
        if code and (region := _CODES.get(code[:2])):
            return f"RU-{region}"
    return None
