# ruff: noqa: E501 - a row is a row
"""Synonyms of the field in six languages, so that värmepumpe finds šilumos siurblys.

Each row: English; Swedish; Polish; German; Danish; Lithuanian. A comma separates synonyms in one language.
"""

LANGUAGES = ("en", "sv", "pl", "de", "da", "lt")

TABLE = """
heat pump; värmepump; pompa ciepła; Wärmepumpe; varmepumpe; šilumos siurblys
district heating; fjärrvärme; sieć ciepłownicza, ciepłownictwo; Fernwärme, Nahwärme; fjernvarme; centralizuotas šildymas, šilumos tinklai
heat exchanger; värmeväxlare; wymiennik ciepła; Wärmetauscher, Wärmeübertrager; varmeveksler; šilumokaitis
waste heat, surplus heat; spillvärme; ciepło odpadowe; Abwärme; overskudsvarme; atliekinė šiluma
heating; uppvärmning; ogrzewanie; Heizung; opvarmning; šildymas
cooling; kyla; chłodzenie; Kühlung; køling; vėsinimas
heat; värme; ciepło; Wärme; varme; šiluma
heat storage; värmelager; magazyn ciepła; Wärmespeicher; varmelager; šilumos kaupykla
geothermal; geotermi, bergvärme; geotermia; Geothermie, Erdwärme; geotermi, jordvarme; geoterminė energija
solar power, photovoltaics; solel, solceller; fotowoltaika; Photovoltaik, Solarstrom; solceller; saulės elektrinė, fotovoltinė
solar collector; solfångare; kolektor słoneczny; Sonnenkollektor, Solarthermie; solfanger; saulės kolektorius
wind power; vindkraft; energia wiatrowa; Windkraft, Windenergie; vindkraft, vindenergi; vėjo energija
wind turbine; vindkraftverk; turbina wiatrowa; Windrad, Windkraftanlage; vindmølle; vėjo jėgainė
offshore; till havs; morska energetyka; Offshore; havvind; jūrinis vėjas
hydropower; vattenkraft; energetyka wodna; Wasserkraft; vandkraft; hidroenergija
wave power; vågkraft; energia fal; Wellenkraft; bølgekraft; bangų energija
biogas; biogas; biogaz; Biogas; biogas; biodujos
biomass; biomassa; biomasa; Biomasse; biomasse; biomasė
biofuel; biobränsle, biodrivmedel; biopaliwo; Biokraftstoff; biobrændstof; biokuras, biodegalai
hydrogen; vätgas; wodór; Wasserstoff; brint; vandenilis
fuel cell; bränslecell; ogniwo paliwowe; Brennstoffzelle; brændselscelle; kuro elementas
battery; batteri; bateria, akumulator; Batterie, Akku; batteri; baterija
energy storage; energilager; magazyn energii; Energiespeicher; energilager; energijos kaupimas, elektros kaupikliai
power grid; elnät; sieć elektroenergetyczna; Stromnetz; elnet; elektros tinklas
charging station; laddstation; stacja ładowania; Ladestation, Ladesäule; ladestander; įkrovimo stotelė
electric vehicle; elfordon, elbil; pojazd elektryczny; Elektrofahrzeug, Elektroauto; elbil; elektromobilis
energy efficiency; energieffektivisering; efektywność energetyczna; Energieeffizienz; energieffektivitet; energijos vartojimo efektyvumas
energy audit; energikartläggning; audyt energetyczny; Energieberatung, Energieaudit; energisyn; energijos auditas
electricity; el; prąd, energia elektryczna; Strom; strøm; elektra
insulation; isolering; izolacja, ocieplenie; Dämmung, Dämmstoff; isolering; šiltinimas, izoliacija
ventilation; ventilation; wentylacja; Lüftung; ventilation; vėdinimas
window; fönster; okno; Fenster; vindue; langas
building; byggnad, byggande; budynek, budownictwo; Gebäude, Bauen; bygning, byggeri; pastatas, statyba
renovation; renovering; remont, termomodernizacja; Sanierung; renovering; renovacija
timber, wood; trä, timmer; drewno; Holz; træ; mediena
concrete; betong; beton; Beton; beton; betonas
steel; stål; stal; Stahl; stål; plienas
peat; torv; torf; Torf, Moor; tørv; durpės
straw; halm; słoma; Stroh; halm; šiaudai
manure; gödsel; gnojowica, obornik; Gülle, Mist; gylle; mėšlas, srutos
agriculture; jordbruk; rolnictwo; Landwirtschaft; landbrug; žemės ūkis
waste; avfall; odpady; Abfall; affald; atliekos
recycling; återvinning; recykling; Recycling; genanvendelse; perdirbimas
reuse, second life; återbruk; ponowne użycie; Wiederverwendung; genbrug; pakartotinis naudojimas
circular economy; cirkulär ekonomi; gospodarka obiegu zamkniętego; Kreislaufwirtschaft; cirkulær økonomi; žiedinė ekonomika
packaging; förpackning; opakowanie; Verpackung; emballage; pakuotė
plastic; plast; tworzywa sztuczne, plastik; Kunststoff; plast; plastikas
textile; textil; tekstylia, tkanina; Textilien; tekstil; tekstilė
water treatment; vattenrening; uzdatnianie wody; Wasseraufbereitung; vandrensning; vandens valymas
wastewater; avloppsvatten; ścieki; Abwasser; spildevand; nuotekos
sea water; havsvatten; woda morska; Meerwasser, Seewasser; havvand; jūros vanduo
harbour, port; hamn; port; Hafen; havn; uostas
ship; fartyg; statek; Schiff; skib; laivas
ferry; färja; prom; Fähre; færge; keltas
seaweed, algae; sjögräs, tång, alger; wodorosty, glony, algi; Algen, Seetang; tang, alger; dumbliai, jūržolės
fish; fisk; ryba, ryby; Fisch; fisk; žuvis, žuvys
aquaculture; vattenbruk; akwakultura; Aquakultur; akvakultur; akvakultūra
drying; torkning; suszenie; Trocknung; tørring; džiovinimas
pump; pump; pompa; Pumpe; pumpe; siurblys
sensor; sensor, givare; czujnik; Sensor; sensor, føler; jutiklis
measurement; mätning; pomiar; Messung; måling; matavimas
data; data; dane; Daten; data; duomenys
software; programvara; oprogramowanie; Software; software; programinė įranga
control system; styrsystem; system sterowania; Steuerung; styresystem; valdymo sistema
research; forskning; badania; Forschung; forskning; tyrimai, moksliniai tyrimai
test site, pilot; testplats, provplats; miejsce testów, pilotaż; Teststandort, Pilot; testplads; bandymų vieta
permit; tillstånd; pozwolenie; Genehmigung; tilladelse; leidimas
funding, financing; finansiering; finansowanie; Finanzierung, Förderung; finansiering, støtte; finansavimas
investor; investerare; inwestor; Investor; investor; investuotojas
consulting, advice; rådgivning; doradztwo; Beratung; rådgivning; konsultacijos
training; utbildning; szkolenie; Schulung; uddannelse; mokymai
installer; installatör; instalator; Installateur; installatør; montuotojas
supplier; leverantör; dostawca; Lieferant; leverandør; tiekėjas
manufacturer; tillverkare; producent; Hersteller; producent; gamintojas
reseller, distributor; återförsäljare; dystrybutor; Vertriebspartner, Händler; forhandler; platintojas
carbon capture; koldioxidavskiljning; wychwytywanie dwutlenku węgla; CO2-Abscheidung; CO2-fangst; anglies dioksido surinkimas
climate; klimat; klimat; Klima; klima; klimatas
emission; utsläpp; emisja; Emission; udledning; emisija, išmetimas
ice; is; lód; Eis; is; ledas
greenhouse; växthus; szklarnia; Gewächshaus; drivhus; šiltnamis
food; livsmedel; żywność; Lebensmittel; fødevarer; maistas
feed; foder; pasza; Futter; foder; pašarai
public transport; kollektivtrafik; transport publiczny; Nahverkehr; kollektiv trafik; viešasis transportas
"""


def concepts() -> list[dict[str, list[str]]]:
    """The rows by language: `{"en": ["heat pump"], "sv": ["värmepump"], …}`."""
    rows = [line.split(";") for line in TABLE.strip().splitlines()]
    return [
        {code: [word.strip() for word in cell.split(",")] for code, cell in zip(LANGUAGES, row, strict=True)}
        for row in rows
    ]
