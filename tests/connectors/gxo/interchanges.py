"""Hand-checked interchanges of a fictitious partner, one per message that a warehouse sends."""

ISA = "ISA*00*          *00*          *ZZ*GXONTH1        *ZZ*NORTHGATE      *260110*0210*U*00401*000000017*0*P*>~"


def interchange(functional_id, *sets, control="000000017", group="17"):
    """Wrap transaction sets, each a list of segments between ST and SE."""
    segments = [f"GS*{functional_id}*GXONTH1*NORTHGATE*20260110*0210*{group}*X*004010"]
    for number, (set_id, *body) in enumerate(sets, start=1):
        segments += [f"ST*{set_id}*{number:04d}", *body, f"SE*{len(body) + 2}*{number:04d}"]
    segments += [f"GE*{len(sets)}*{group}", f"IEA*1*{control}"]
    return ISA.replace("000000017", control) + "".join(f"{segment}~\n" for segment in segments)


ADVICE = [
    "945",
    "W06*F*576812345678901234*20260110*SHP-1",
    "N1*WH*North*92*NTH1",
    "W27*U*RMGB*STD",
    "LX*1",
    "MAN*CP*RM000000000001GB",
    "W12*CC*2*2*0*EA**SK*GROC-1",
    "LX*2",
    "MAN*CP*RM000000000002GB",
    "W12*CP*3*1*2*EA**SK*GROC-2",
    "W03*3",
]
SNAPSHOT = [
    "846",
    "BIA*00*SI*SNAP-1*20260110*0200",
    "N1*WH*North*92*NTH1",
    "LIN**SK*GROC-1",
    "QTY*17*40",
    "QTY*33*35",
    "QTY*QH*5",
    "LIN**SK*GROC-2",
    "QTY*17*0",
    "CTT*2",
]
ADJUSTMENT = ["947", "W15*20260110*ADJ-1", "N1*WH*North*92*NTH1", "W19*AU*-3*EA**SK*GROC-1", "W19*AA*2*EA**VN*GROC-2"]
RECEIPT = [
    "944",
    "W17*F*20260110*R1*RMA-9",
    "N1*WH*North*92*NTH1",
    "N9*RZ*4035",
    "W07*5*EA**SK*GROC-1",
    "W13*1*EA*01",
    "W14*5",
]
ACKNOWLEDGEMENT = [
    "997",
    "AK1*OW*41",
    "AK2*940*0001",
    "AK5*A",
    "AK2*940*0002",
    "AK3*W01*7**8",
    "AK4*1*380*6*X",
    "AK5*R*5",
    "AK9*P*2*2*1",
]

EVERY_MESSAGE = {
    "945": interchange("SW", ADVICE),
    "846": interchange("IB", SNAPSHOT),
    "947": interchange("AW", ADJUSTMENT),
    "944": interchange("RE", RECEIPT),
    "997": interchange("FA", ACKNOWLEDGEMENT),
}
