"""Names of people in many languages, none of them damaged: what may never be asked about."""

TEXT = """
José García | María Muñoz | NUÑEZ | MUÑOZ | Ñuñez | PEÑA | ÁNGEL | Ângela | João | JOÃO | São | Magalhães |
CONCEIÇÃO | Gonçalves | GONÇALVES | Antão | Éloïse | ÉLOÏSE | François | FRANÇOIS | Zoë | ZOË | Noël | Chloé |
Hélène | HÉLÈNE | Aïcha | Müller | MÜLLER | Größe | Weiß | WEIẞ | Jürgen | Björn | BJÖRN | Åsa | ÅSA | Ångström
| Øystein | ØYSTEIN | Søren | Æther | Ægir | ÆGIR | Þór | ÞÓR | Guðrún | GUÐRÚN | Sigurður | Łukasz | ŁUKASZ |
Wałęsa | Żółć | ŻÓŁĆ | Šárka | ŠÁRKA | Žižek | ŽIŽEK | Dvořák | DVOŘÁK | Čapek | Ďurica | Őry | Űr | Erdős |
ERDŐS | Ștefan | ȘTEFAN | Țepeș | Ceaușescu | Ğ | Yılmaz | YILMAZ | İnönü | İNÖNÜ | Şahin | ŞAHİN | Çağlar |
Nguyễn | NGUYỄN | Đặng | ĐẶNG | Trần Thị Ánh | Phạm | Ṣọlá | Ọláwálé | Adébáyọ̀ | Kāmaka | Ka‘ana | Kaʻiulani |
Tāne | Māori | Иван | Дмитрий | ЁЛКИН | Ольга | Олександр | Їжакевич | Ґалаґан | Љубомир | Ђорђе | Ѓорѓи |
Γιώργος | Παπαδόπουλος | Ἀθηνᾶ | محمد | فاطمة | علی‌رضا | דוד | יוֹסֵף | अमित | प्रिया | সুমন | தமிழ் | ประยุทธ์
| ສົມ | ខ្មែរ | မောင် | ქეთევან | Արմեն | አበበ | 田中 |
山田太郎 | 髙橋 | さくら | サトシ | 김민준 | 李小龍 | 李小龙 | O’Shea | O'Brien
| D'Angelo | L’Écuyer | Saint-Exupéry | Mª José | Mº | Nº | Dún Laoghaire | Siân | Sîon | Tŷ | Llŷr | Ñ | Ü | Å
| Ó Súilleabháin | Ní Dhomhnaill | Ýr | Öz | Öğüt | Ãngel | Zürich | Aßmann | Ÿ | L'Haÿ | HAŸ | Ðorđe | Ŋ |
Ĳssel | Ľubica | Ćosić | Đoković | ŠĆEPANOVIĆ | Ā | Ērika | Ļaudaks | Ņina | Ųžuolas | Ėglė | Jūratė | Ąžuolas |
Ünal | Ä | É | À | Â | BEÑAT | IÑAKI | Iñigo | Begoña | ESPAÑA | MAÑÉ | Tŝ | Anne‑Marie | Zoé–Lise | SÃO PAULO |
GUIMARÃES | BRAGANÇA | ARAÚJO | LOURENÇO | ANDRÉ | JOSÉ | BEYONCÉ | RENÉE | Ælfgifu | Œdipe | SŒUR | ŒUVRARD |
CÔTÉ | Côté | BENOÎT | Benoît | ÎLE | Ï | AÏDA | Loïc | LOÏC | MAËL | Maël | GAËLLE | STAËL | Ibáñez | IBÁÑEZ |
ÓLAFUR | ÁSGEIR | Ülo | ÕNNE | Õnne | Tõnu | TÕNU | KÄRT | Jõgi | ÑAÑEZ | Nuñã | NÃO | CÃES | MÃE | Ação |
Sørensen | KJÆR | Kjær | Strauß | Łódź | Đinđić | PIÑERA | GÜEÑAS | ÀLEX | LLUÍS | Òscar | ÒSCAR | XÈNIA | Núria
| IŞIK | ÇELİK | ÖZGÜR | ÜMİT | Çiğdem
"""
NAMES = [" ".join(name.split()) for name in TEXT.split("|")]
