"""Names of any script as the ASCII that people put into their e-mail addresses.

Not a scholarly romanisation: short, legal, stable, and near enough that a reader sees whose address it is.
Letters of most scripts carry their sound in their Unicode name (``DEVANAGARI LETTER KA``, ``HANGUL SYLLABLE
GIM``); where the name is that of the letter (``HEBREW LETTER GIMEL``) a table has the sound.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

__all__ = ["slug", "to_ascii"]


def _table(text: str) -> dict[str, str]:
    """``"а:a б:b"`` as a dictionary."""
    return dict(pair.partition(":")[::2] for pair in text.split())


_LETTERS = {
    **_table(
        "а:a б:b в:v г:g ґ:g д:d ђ:dj е:e ё:e є:ie ж:zh з:z ѕ:dz и:i і:i ї:i й:y ј:j к:k л:l љ:lj м:m н:n њ:nj "
        "о:o п:p р:r с:s т:t ћ:c ќ:kj ѓ:gj у:u ў:u ф:f х:kh ц:ts ч:ch џ:dz ш:sh щ:shch ъ: ы:y ь: э:e ю:yu я:ya"
    ),
    **_table(
        "α:a β:v γ:g δ:d ε:e ζ:z η:i θ:th ι:i κ:k λ:l μ:m ν:n ξ:x ο:o π:p ρ:r σ:s ς:s τ:t υ:y φ:f χ:ch ψ:ps ω:o"
    ),
    **_table(
        "ա:a բ:b գ:g դ:d ե:e զ:z է:e ը:y թ:t ժ:zh ի:i լ:l խ:kh ծ:ts կ:k հ:h ձ:dz ղ:gh ճ:ch մ:m յ:y ն:n շ:sh ո:o "
        "չ:ch պ:p ջ:j ռ:r ս:s վ:v տ:t ր:r ց:ts ւ:u փ:p ք:k օ:o ֆ:f և:ev"
    ),
    **_table(
        "ა:a ბ:b გ:g დ:d ე:e ვ:v ზ:z თ:t ი:i კ:k ლ:l მ:m ნ:n ო:o პ:p ჟ:zh რ:r ს:s ტ:t უ:u ფ:p ქ:k ღ:gh ყ:q შ:sh "
        "ჩ:ch ც:ts ძ:dz წ:ts ჭ:ch ხ:kh ჯ:j ჰ:h"
    ),
    **_table(
        "א:a ב:b ג:g ד:d ה:h ו:o ז:z ח:h ט:t י:i כ:k ך:k ל:l מ:m ם:m נ:n ן:n ס:s ע:a פ:p ף:f צ:ts ץ:ts ק:k ר:r "
        "ש:sh ת:t"
    ),
    **_table(
        "ا:a أ:a إ:i آ:a ٱ:a ب:b پ:p ت:t ث:th ج:j چ:ch ح:h خ:kh د:d ذ:dh ر:r ز:z ژ:zh س:s ش:sh ص:s ض:d ط:t ظ:z "
        "ع:a غ:gh ف:f ق:q ك:k ک:k گ:g ل:l م:m ن:n ه:h ة:a و:w ؤ:w ي:y ی:y ى:a ئ:y ء:"
    ),
    **_table(
        "ก:k ข:kh ค:kh ฆ:kh ง:ng จ:ch ฉ:ch ช:ch ซ:s ฌ:ch ญ:y ฎ:d ฏ:t ฐ:th ฑ:th ฒ:th ณ:n ด:d ต:t ถ:th ท:th ธ:th "
        "น:n บ:b ป:p ผ:ph ฝ:f พ:ph ฟ:f ภ:ph ม:m ย:y ร:r ล:l ว:w ศ:s ษ:s ส:s ห:h ฬ:l อ:o ฮ:h ฤ:rue ะ:a ั:a า:a "
        "ำ:am ิ:i ี:i ึ:ue ื:ue ุ:u ู:u เ:e แ:ae โ:o ใ:ai ไ:ai"
    ),
    **_table("ß:ss æ:ae ø:o ł:l đ:d ð:d þ:th œ:oe ı:i ə:a ŋ:ng ħ:h ĸ:k ŧ:t ɔ:o ɛ:e ʻ: ʼ: ’:"),
}
# The Han characters that Faker's Chinese and Taiwanese names are mostly made of, by Mandarin reading.
_HAN = (
    "wang王汪 li李黎莉丽丽利力麗 zhang张張章 liu刘劉柳 chen陈陳晨辰 yang杨楊阳陽 huang黄黃 wu吴吳武伍 zhao赵趙 zhou周 "
    "xu徐许許旭 sun孙孫 ma马馬 zhu朱珠 hu胡 lin林琳霖 guo郭国國 he何贺賀 gao高 luo罗羅骆駱 zheng郑鄭正政 liang梁亮良 xie谢謝 "
    "song宋 tang唐汤湯 deng邓鄧 feng冯馮峰凤枫豐鳳 han韩韓 cao曹 zeng曾 peng彭鹏 xiao萧蕭筱 cai蔡 pan潘 tian田 dong董东冬東 yuan袁媛 "
    "yu于余玉宇羽雨瑜郁豫裕 ye叶葉 jiang蒋姜江蔣 du杜 su苏蘇素 wei魏伟维偉威維 cheng程成承誠 lv吕呂 ding丁 shen沈 ren任仁 yao姚 "
    "lu卢盧陆陸路蓉 fu傅 zhong钟鍾忠中 qiu邱秋丘 fan范帆凡 fang方芳 shi石施世詩 dai戴 jia贾嘉佳家傢 hou侯 xiong熊雄 meng孟梦 "
    "qin秦琴 bai白柏 yan阎严燕岩颜顏嚴妍彦彥 xue薛雪 yin尹銀 duan段 lei雷蕾磊 long龙龍 shu史淑书書 tao陶涛 "
    "mao毛 hao郝浩豪 gong龚龔 shao邵 wan万婉萬 qian钱倩錢 lai赖賴 hong洪红宏鸿鴻虹 jie杰洁傑 yong勇永 ping平萍 "
    "gang刚 jun军俊君军 qiang强強 jian建健 ming明銘 hua华花華 hui辉慧惠輝 min敏 jing静靜晶京菁 xia夏霞 lan兰蘭蓝岚嵐 gui桂贵貴 "
    "ying英莹颖瑛穎盈 mei梅美 na娜 juan娟 ting婷庭廷 ning宁寧 bo波博 bin斌彬 chao超 xin欣鑫心新馨芯信 xiu秀 "
    "yun云芸雲 ling玲凌 zhen珍珍贞貞 rui瑞睿 lulu璐 chang畅昌 kun坤 kai凯凱 chun春純 hai海 fei飞菲 xiang香翔祥翰向 ai艾愛 "
    "jin金进錦進 zhi志芝智 dan丹 hong红 qing卿青清 bing兵冰 yi宜怡易 rong荣榮容 shan珊山 sha沙莎 wen文雯 zi子 zong宗 an安 "
    "guan冠 sheng勝 pin品 zhe哲 di迪 e娥 bao寶 hua化 si思 en恩 xian憲賢 yue月岳 zhi枝 nan男楠 tong彤 de德 xi希 xuan軒萱 shun順 "
    "you佑又 pei佩 hen恒 liao廖 jian簡 you游 zhan詹 ke柯 weng翁 fu福 kang康 lian蓮 zhuang庄莊 ou欧歐 mo莫 qi齐齊 wen溫 "
    "cui崔 tan谭譚 zou邹鄒 jin靳 qiao乔 ge葛 pang庞 ni倪 nie聂 yin殷 shen申 geng耿 guan关 jiao焦 zuo左 gan甘 bao包 shang尚"
)
_MANDARIN = {
    char: syllable.group(1)
    for syllable in re.finditer(r"([a-z]+)([^a-z\s]+)", _HAN)
    for char in syllable.group(2)
}
_SOUND = re.compile(r"(?:HIRAGANA|KATAKANA) LETTER (?:SMALL )?(\w+)|(?:HANGUL|ETHIOPIC) SYLLABLE (\w+)")
_INDIC = re.compile(r"(?:\w+) (LETTER|VOWEL SIGN|SIGN) (?:VOCALIC )?(\w+)$")
_SINHALA = {
    **_table(
        "අ:a ආ:a ඇ:ae ඉ:i ඊ:i උ:u එ:e ඔ:o ක:ka ඛ:kha ග:ga ඝ:gha ච:cha ජ:ja ට:ta ඩ:da ණ:na ත:tha ථ:tha ද:da"
    ),
    **_table(
        "ධ:dha න:na ප:pa ඵ:pha බ:ba භ:bha ම:ma ය:ya ර:ra ල:la ව:wa ශ:sha ෂ:sha ස:sa හ:ha ළ:la ෆ:fa ඹ:mba ඳ:nda"
    ),
    **_table("ා:a ැ:ae ෑ:ae ි:i ී:i ු:u ූ:u ෙ:e ේ:e ො:o ෝ:o ං:n"),
}


@lru_cache(maxsize=4096)
def _one(char: str) -> str:
    """The sound of one character, ``""`` where it has none that we know."""
    if char.isascii():
        return char
    lower = char.lower()
    for table in (_LETTERS, _MANDARIN, _SINHALA):
        if lower in table:
            return table[lower]
    name = unicodedata.name(char, "")
    spoken = _SOUND.match(name)
    if spoken:
        return str(spoken.group(1) or spoken.group(2)).lower()
    indic = _INDIC.match(name)
    if indic and indic.group(1) != "SIGN" and "CJK" not in name:
        return indic.group(2).lower().replace("nna", "na").replace("tta", "ta").replace("dda", "da")
    base = unicodedata.normalize("NFKD", lower)
    return "".join(_one(part) for part in base) if base != char else ""


def _abugida(text: str) -> str:
    """Sounds of Indic text: a vowel sign or virama takes the place of the consonant's own ``a``."""
    out = ""
    for char in text:
        name = unicodedata.name(char, "")
        sound = _one(char)
        if "VIRAMA" in name or name.endswith("AL-LAKUNA"):
            out = out.removesuffix("a")
        elif "VOWEL SIGN" in name:
            out = out.removesuffix("a") + sound.replace("aa", "a").replace("ii", "i").replace("uu", "u")
        else:
            out += sound
    return out


def to_ascii(text: str) -> str:
    """``text`` in ASCII; what has no known sound is left out.

    >>> to_ascii("Zoë Øst"), to_ascii("Лебедева"), to_ascii("김서윤"), to_ascii("सैनी")
    ('Zoe ost', 'lebedeva', 'gimseoyun', 'saini')
    """
    return _abugida(unicodedata.normalize("NFC", text)).encode("ascii", "ignore").decode()


def slug(text: str, separator: str = ".") -> str:
    """``text`` as a legal local part or host label: lower ASCII letters and digits with single separators.

    >>> slug("Hans-Peter  O'Neil"), slug("شركة"), slug("…")
    ('hans.peter.oneil', 'shrka', '')
    """
    plain = re.sub(r"['’ʻ`]", "", to_ascii(text)).lower()
    return re.sub(r"[^a-z0-9]+", separator, plain).strip(separator)
