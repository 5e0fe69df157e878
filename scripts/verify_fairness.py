#!/usr/bin/env python3
"""Checks that the draw of a meteor shower was fair, from public evidence alone.

    verify_fairness.py FOLDER|URL [--node URL [--contract ADDRESS]] [--shower N] [--meteor ID] [--no-beacon] [--json]
    verify_fairness.py --vectors docs/fairness/vectors.json

A second implementation of the formats in docs/fairness.md; shares no code with the software it checks.
Needs Python 3.9 or newer and nothing else. Ends with 0 if nothing is wrong with what could be checked (the last line
says what could not be), 1 if something is wrong (the first such step is named), 2 if the evidence can't be read.
"""

import argparse
import base64
import datetime
import hashlib
import hmac
import json
import math
import os
import re
import sys
import urllib.error
import urllib.request

TIERS = ("legendary", "ancient", "rare", "common")
U32, U64, U128 = 2**32 - 1, 2**64 - 1, 2**128 - 1
MOST_BYTES = 256 * 1024 * 1024  # of one file or answer
QUICKNET_DELAY = 300
QUICKNET = (  # genesis, period, public key
    1692803367,
    3,
    "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451"
    "0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a",
)


class Unreadable(Exception):
    """The evidence is not what the page says it is: nothing can be said of the draw."""


class Wrong(Exception):
    """A step does not hold."""


class Skipped(Exception):
    """A step was not, or could not be, checked."""


# ---------------------------------------------------------------------------------------------------------- Encoding


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def mac(key, *parts):
    return hmac.new(key, b"".join(parts), hashlib.sha256).digest()


def u32(number):
    return number.to_bytes(4, "big")


def u64(number):
    return number.to_bytes(8, "big")


def u128(number):
    return number.to_bytes(16, "big")


def field(data):
    return u32(len(data)) + data


def text(string):
    return field(string.encode("utf-8"))


class Place:
    """Which shower on which chain: everything hashed for it is bound to these three."""

    def __init__(self, chain_id, contract, shower):
        self.chain_id, self.contract, self.shower = chain_id, contract, shower

    def bytes(self):
        return text(self.chain_id) + text(self.contract) + u32(self.shower)


# --------------------------------------------------------------------------------------------- Log, keys, seed, salts


def log_start(place):
    return sha256(text("meteor-shower/log-start/v1"), place.bytes())


def log_extend(log, seq, contributor, amount, total):
    return sha256(
        text("meteor-shower/log/v1"), log, u64(seq), text(contributor), u128(amount), u128(total)
    )


def shower_key(master, place):
    return mac(master, text("meteor-shower/key/v1"), place.bytes())


def commitment(key, place):
    return sha256(text("meteor-shower/key-commitment/v1"), place.bytes(), key)


def seed_of(key, signature, log):
    return mac(key, text("meteor-shower/seed/v1"), field(signature), log)


def salt_of(key, index):
    return mac(key, text("meteor-shower/salt/v1"), u32(index))


# ------------------------------------------------------------------------------------------------------------- Stream


class Stream:
    def __init__(self, seed, purpose, index):
        self.seed, self.counter, self.ready = seed, 0, []
        self.prefix = text("meteor-shower/stream/v1") + text(purpose) + u32(index)

    def number(self):
        if not self.ready:
            block = mac(self.seed, self.prefix, u64(self.counter))
            self.counter += 1
            self.ready = [int.from_bytes(block[16:], "big"), int.from_bytes(block[:16], "big")]
        return self.ready.pop()

    def below(self, bound):
        if not 0 < bound <= U128:
            raise Wrong("the rules ask for a number out of nothing")
        limit = 2**128 - 2**128 % bound
        while True:
            number = self.number()
            if number < limit:
                return number % bound

    def pick(self, weights):
        at = self.below(sum(weights))
        for place, weight in enumerate(weights):
            if at < weight:
                return place
            at -= weight


# -------------------------------------------------------------------------------------------------------------- Rules


def tier_sizes(rule, wallets):
    def share(of, basis_points):
        return (of * basis_points + 5000) // 10000

    legendary = min(rule["legendary"], wallets)
    rest = wallets - legendary
    ancient = min(share(rest, rule["ancient_bp"]), rest)
    rare = min(share(rest, rule["rare_bp"]), rest - ancient)
    return [legendary, ancient, rare, rest - ancient - rare]


def eggs_issued(rule, sizes):
    issued, surplus = [], 0
    for tier, size in zip(TIERS, sizes):
        due = min(rule[tier] + surplus, U32)
        issued.append(min(due, size))
        surplus = due - issued[-1]
    return issued, surplus


class Weights:
    """The weights of one tier's meteors, best first, and how many of the first are certain of an egg."""

    def __init__(self, size, eggs, tilt_bp):
        self.size, self.tilt_bp, self.certain, self.eggs = size, tilt_bp, 0, min(eggs, size)
        self.sum = 1 if size == 1 else size * (size - 1) * 10000 + tilt_bp * (size * (size - 1) // 2)
        while self.eggs > 0 and self.eggs * self.weight(self.certain) >= self.sum:
            self.sum -= self.weight(self.certain)
            self.eggs -= 1
            self.certain += 1

    def weight(self, place):
        return 1 if self.size == 1 else (self.size - 1) * 10000 + self.tilt_bp * (self.size - 1 - place)

    def odds(self, place):
        """The odds of an egg at this place, as a fraction in lowest terms."""
        if place < self.certain:
            return (1, 1)
        if self.eggs == 0:
            return (0, 1)
        numerator = self.eggs * self.weight(place)
        common = math.gcd(numerator, self.sum)
        return (numerator // common, self.sum // common)


def odds_of(tier_rule, egg_rule, tilt_bp, contributors, rank):
    place = rank - 1
    sizes = tier_sizes(tier_rule, contributors)
    for size, eggs in zip(sizes, eggs_issued(egg_rule, sizes)[0]):
        if place < size:
            return Weights(size, eggs, tilt_bp).odds(place)
        place -= size
    return None


def percent(odds):
    hundredths = odds[0] * 10000 // odds[1]
    return f"{hundredths // 100}.{hundredths % 100:02}"


def draw(seed, tier_rule, egg_rule, tilt_bp, contributors):
    """For each rank, whether its meteor holds an egg."""
    sizes = tier_sizes(tier_rule, contributors)
    issued, _ = eggs_issued(egg_rule, sizes)
    holds = []
    for tier, (size, eggs) in enumerate(zip(sizes, issued)):
        weights = Weights(size, eggs, tilt_bp)
        holding = [place < weights.certain for place in range(size)]
        if weights.eggs > 0:
            stream = Stream(seed, "draw", tier)
            order = list(range(weights.certain, size))
            for last in range(len(order) - 1, 0, -1):
                other = stream.below(last + 1)
                order[last], order[other] = order[other], order[last]
            point, end = stream.below(weights.sum), 0
            for place in order:
                start, end = end, end + weights.eggs * weights.weight(place)
                # Whether one of point, point + sum, point + 2·sum, … lies in [start, end).
                after = point + -(-max(0, start - point) // weights.sum) * weights.sum
                holding[place] = after < end
        holds += holding
    return holds


def content_of(tables, seed, egg, tier, rank, shower, number):
    """Kind, image and traits of one meteor."""
    recipe = tables["egg" if egg else "dust"]
    stream = Stream(seed, "content", rank - 1)
    images = recipe["images"][TIERS[tier]]
    if not images:
        raise Wrong(f"the tables have no image for the tier {TIERS[tier]}")
    image = images[stream.below(len(images))]
    traits = []
    for source, given in recipe["sources"]:
        if source == "tier":
            traits.append(tier)
        elif source == "rank":
            traits.append(rank)
        elif source == "shower":
            traits.append(shower)
        elif source == "meteor":
            if number > U32:
                raise Wrong(f"meteor {number} has a number beyond 32 bits")
            traits.append(number)
        elif source == "weights":
            traits.append(stream.pick(given))
        elif source == "tier_weights":
            weights = given[TIERS[tier]]
            traits.append(stream.pick(weights) if weights else 0)
        else:
            low, high = given
            traits.append(low + stream.below(high - low + 1))
    return ("egg" if egg else "dust", image, traits)


def content_bytes(content):
    kind, image, traits = content
    return b"".join(
        [text("meteor-shower/content/v1"), bytes([0 if kind == "egg" else 1]), text(image), u32(len(traits))]
        + [u32(number) for number in traits]
    )


# --------------------------------------------------------------------------------------------------------------- Tree


def leaf_hash(place, index, token_id, content, salt):
    return sha256(
        b"\x00",
        text("meteor-shower/leaf/v1"),
        place.bytes(),
        u32(index),
        u64(token_id),
        sha256(content),
        salt,
    )


def node_hash(left, right):
    return sha256(b"\x01", left, right)


def root_of(leaves):
    """Neighbours are paired from the left; an odd last one moves up as it is."""
    level = list(leaves)
    while len(level) > 1:
        pairs = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = pairs + level[len(level) - len(level) % 2 :]
    return level[0]


def root_from(leaf, index, count, proof):
    """The root a proof leads to; None if it has not exactly the length of this place in such a tree."""
    if not 0 <= index < count:
        return None
    siblings, last, node = list(proof), count - 1, leaf
    while last > 0:
        if index % 2 == 1 or index < last:
            if not siblings:
                return None
            sibling = siblings.pop(0)
            node = node_hash(sibling, node) if index % 2 == 1 else node_hash(node, sibling)
        index, last = index // 2, last // 2
    return None if siblings else node


def split(size):
    """Leaves of the left half: the largest power of two below size."""
    return 1 << ((size - 1).bit_length() - 1)


def range_proof(leaves, start, end):
    """What proves the leaves from start to before end: the largest subtrees outside, from left to right."""
    proof = []

    def walk(at, size):
        if at + size <= start or end <= at:
            proof.append(root_of(leaves[at : at + size]))
        elif size > 1:
            walk(at, split(size))
            walk(at + split(size), size - split(size))

    walk(0, len(leaves))
    return proof


def root_from_range(leaves, start, count, proof):
    """The root that consecutive leaves lead to; None if the proof has not exactly what this range needs."""
    end = start + len(leaves)
    if not leaves or not 0 <= start or end > count:
        return None
    left, hashes = list(leaves), list(proof)

    def walk(at, size):
        if at + size <= start or end <= at:
            return hashes.pop(0)
        if size == 1:
            return left.pop(0)
        return node_hash(walk(at, split(size)), walk(at + split(size), size - split(size)))

    try:
        root = walk(0, count)
    except IndexError:
        return None
    return None if hashes else root


# ---------------------------------------------------------------------------------------------------------- Catalogue


def piece_hash(tier, index, image, traits):
    return sha256(
        b"\x00",
        text("meteor-shower/piece/v1"),
        u32(tier),
        u32(index),
        text(image),
        u32(len(traits)),
        *[u32(number) for number in traits],
    )


# ------------------------------------------------------------------------------------------------------------- Beacon


def beacon_network(beacon):
    """"quicknet", or "test" for any other key. Raises Wrong for what can be neither."""
    if beacon["period"] == 0 or beacon["delay"] == 0:
        raise Wrong("a beacon needs a period and a delay of at least one second each")
    if beacon["public_key"].hex() != QUICKNET[2]:
        return "test"
    if (beacon["genesis"], beacon["period"]) != QUICKNET[:2]:
        raise Wrong(
            f"quicknet's first round was due at {QUICKNET[0]} and its period is {QUICKNET[1]} seconds, not "
            f"{beacon['genesis']} and {beacon['period']}: a round named by them may have been public for years"
        )
    if beacon["delay"] < QUICKNET_DELAY:
        raise Wrong(f"with quicknet the delay is at least {QUICKNET_DELAY} seconds, not {beacon['delay']}")
    return "quicknet"


def beacon_round(beacon, closed_at, closes_at):
    start = max(closed_at, closes_at) + beacon["delay"]
    found = max(0, -(-(start - beacon["genesis"]) // beacon["period"])) + 1
    if max(start, found) > U64:
        raise Wrong("the beacon's times are beyond 64 bits")
    return found


# --------------------------------------------------------------------------------------------------- Beacon signature
# BLS12-381 as drand's scheme bls-unchained-g1-rfc9380 uses it: signatures on G1, public keys on G2, messages hashed
# to G1 by RFC 9380's BLS12381G1_XMD:SHA-256_SSWU_RO_. Plain arithmetic, about half a second for a signature.

P = 0x1A0111EA397FE69A4B1BA7B6434BACD764774B84F38512BF6730D2A0F6B0F6241EABFFFEB153FFFFB9FEFFFFFFFFAAAB
R = 0x73EDA753299D7D483339D80809A1D80553BDA402FFFE5BFEFFFFFFFF00000001
X = 0xD201000000010000  # the curve's parameter is −X
DST = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"
G2 = (
    (
        0x024AA2B2F08F0A91260805272DC51051C6E47AD4FA403B02B4510B647AE3D1770BAC0326A805BBEFD48056C8C121BDB8,
        0x13E02B6052719F607DACD3A088274F65596BD0D09920B61AB5DA61BBDC7F5049334CF11213945D57E5AC7D055D042B7E,
    ),
    (
        0x0CE5D527727D6E118CC9CDC6DA2E351AADFD9BAA8CBDD3A76D429A695160D12C923AC9CC3BACA289E193548608B82801,
        0x0606C4A02EA734CC32ACD2B02BC28B99CB3E287E85A763AF267492AB572E99AB3F370D275CEC1DA1AAA9075FF05F79BE,
    ),
)
# The 11-isogeny of RFC 9380, appendix E.2: coefficients from the constant one on.
ISO_A = 0x144698A3B8E9433D693A02C96D4982B0EA985383EE66A8D8E8981AEFD881AC98936F8DA0E0F97F5CF428082D584C1D
ISO_B = 0x12E2908D11688030018B12E8753EEE3B2016C1F0F24F4070A0B9C14FCEF35EF55A23215A316CEAA5D1CC48E98E172BE0
ISO_X_NUM = (
    0x11A05F2B1E833340B809101DD99815856B303E88A2D7005FF2627B56CDB4E2C85610C2D5F2E62D6EAEAC1662734649B7,
    0x17294ED3E943AB2F0588BAB22147A81C7C17E75B2F6A8417F565E33C70D1E86B4838F2A6F318C356E834EEF1B3CB83BB,
    0x0D54005DB97678EC1D1048C5D10A9A1BCE032473295983E56878E501EC68E25C958C3E3D2A09729FE0179F9DAC9EDCB0,
    0x1778E7166FCC6DB74E0609D307E55412D7F5E4656A8DBF25F1B33289F1B330835336E25CE3107193C5B388641D9B6861,
    0x0E99726A3199F4436642B4B3E4118E5499DB995A1257FB3F086EEB65982FAC18985A286F301E77C451154CE9AC8895D9,
    0x1630C3250D7313FF01D1201BF7A74AB5DB3CB17DD952799B9ED3AB9097E68F90A0870D2DCAE73D19CD13C1C66F652983,
    0x0D6ED6553FE44D296A3726C38AE652BFB11586264F0F8CE19008E218F9C86B2A8DA25128C1052ECADDD7F225A139ED84,
    0x17B81E7701ABDBE2E8743884D1117E53356DE5AB275B4DB1A682C62EF0F2753339B7C8F8C8F475AF9CCB5618E3F0C88E,
    0x080D3CF1F9A78FC47B90B33563BE990DC43B756CE79F5574A2C596C928C5D1DE4FA295F296B74E956D71986A8497E317,
    0x169B1F8E1BCFA7C42E0C37515D138F22DD2ECB803A0C5C99676314BAF4BB1B7FA3190B2EDC0327797F241067BE390C9E,
    0x10321DA079CE07E272D8EC09D2565B0DFA7DCCDDE6787F96D50AF36003B14866F69B771F8C285DECCA67DF3F1605FB7B,
    0x06E08C248E260E70BD1E962381EDEE3D31D79D7E22C837BC23C0BF1BC24C6B68C24B1B80B64D391FA9C8BA2E8BA2D229,
)
ISO_X_DEN = (
    0x08CA8D548CFF19AE18B2E62F4BD3FA6F01D5EF4BA35B48BA9C9588617FC8AC62B558D681BE343DF8993CF9FA40D21B1C,
    0x12561A5DEB559C4348B4711298E536367041E8CA0CF0800C0126C2588C48BF5713DAA8846CB026E9E5C8276EC82B3BFF,
    0x0B2962FE57A3225E8137E629BFF2991F6F89416F5A718CD1FCA64E00B11ACEACD6A3D0967C94FEDCFCC239BA5CB83E19,
    0x03425581A58AE2FEC83AAFEF7C40EB545B08243F16B1655154CCA8ABC28D6FD04976D5243EECF5C4130DE8938DC62CD8,
    0x13A8E162022914A80A6F1D5F43E7A07DFFDFC759A12062BB8D6B44E833B306DA9BD29BA81F35781D539D395B3532A21E,
    0x0E7355F8E4E667B955390F7F0506C6E9395735E9CE9CAD4D0A43BCEF24B8982F7400D24BC4228F11C02DF9A29F6304A5,
    0x0772CAACF16936190F3E0C63E0596721570F5799AF53A1894E2E073062AEDE9CEA73B3538F0DE06CEC2574496EE84A3A,
    0x14A7AC2A9D64A8B230B3F5B074CF01996E7F63C21BCA68A81996E1CDF9822C580FA5B9489D11E2D311F7D99BBDCC5A5E,
    0x0A10ECF6ADA54F825E920B3DAFC7A3CCE07F8D1D7161366B74100DA67F39883503826692ABBA43704776EC3A79A1D641,
    0x095FC13AB9E92AD4476D6E3EB3A56680F682B4EE96F7D03776DF533978F31C1593174E4B4B7865002D6384D168ECDD0A,
    1,
)
ISO_Y_NUM = (
    0x090D97C81BA24EE0259D1F094980DCFA11AD138E48A869522B52AF6C956543D3CD0C7AEE9B3BA3C2BE9845719707BB33,
    0x134996A104EE5811D51036D776FB46831223E96C254F383D0F906343EB67AD34D6C56711962FA8BFE097E75A2E41C696,
    0x00CC786BAA966E66F4A384C86A3B49942552E2D658A31CE2C344BE4B91400DA7D26D521628B00523B8DFE240C72DE1F6,
    0x01F86376E8981C217898751AD8746757D42AA7B90EEB791C09E4A3EC03251CF9DE405ABA9EC61DECA6355C77B0E5F4CB,
    0x08CC03FDEFE0FF135CAF4FE2A21529C4195536FBE3CE50B879833FD221351ADC2EE7F8DC099040A841B6DAECF2E8FEDB,
    0x16603FCA40634B6A2211E11DB8F0A6A074A7D0D4AFADB7BD76505C3D3AD5544E203F6326C95A807299B23AB13633A5F0,
    0x04AB0B9BCFAC1BBCB2C977D027796B3CE75BB8CA2BE184CB5231413C4D634F3747A87AC2460F415EC961F8855FE9D6F2,
    0x0987C8D5333AB86FDE9926BD2CA6C674170A05BFE3BDD81FFD038DA6C26C842642F64550FEDFE935A15E4CA31870FB29,
    0x09FC4018BD96684BE88C9E221E4DA1BB8F3ABD16679DC26C1E8B6E6A1F20CABE69D65201C78607A360370E577BDBA587,
    0x0E1BBA7A1186BDB5223ABDE7ADA14A23C42A0CA7915AF6FE06985E7ED1E4D43B9B3F7055DD4EBA6F2BAFAAEBCA731C30,
    0x19713E47937CD1BE0DFD0B8F1D43FB93CD2FCBCB6CAF493FD1183E416389E61031BF3A5CCE3FBAFCE813711AD011C132,
    0x18B46A908F36F6DEB918C143FED2EDCC523559B8AAF0C2462E6BFE7F911F643249D9CDF41B44D606CE07C8A4D0074D8E,
    0x0B182CAC101B9399D155096004F53F447AA7B12A3426B08EC02710E807B4633F06C851C1919211F20D4C04F00B971EF8,
    0x0245A394AD1ECA9B72FC00AE7BE315DC757B3B080D4C158013E6632D3C40659CC6CF90AD1C232A6442D9D3F5DB980133,
    0x05C129645E44CF1102A159F748C4A3FC5E673D81D7E86568D9AB0F5D396A7CE46BA1049B6579AFB7866B1E715475224B,
    0x15E6BE4E990F03CE4EA50B3B42DF2EB5CB181D8F84965A3957ADD4FA95AF01B2B665027EFEC01C7704B456BE69C8B604,
)
ISO_Y_DEN = (
    0x16112C4C3A9C98B252181140FAD0EAE9601A6DE578980BE6EEC3232B5BE72E7A07F3688EF60C206D01479253B03663C1,
    0x1962D75C2381201E1A0CBD6C43C348B885C84FF731C4D59CA4A10356F453E01F78A4260763529E3532F6102C2E49A03D,
    0x058DF3306640DA276FAAAE7D6E8EB15778C4855551AE7F310C35A5DD279CD2ECA6757CD636F96F891E2538B53DBF67F2,
    0x16B7D288798E5395F20D23BF89EDB4D1D115C5DBDDBCD30E123DA489E726AF41727364F2C28297ADA8D26D98445F5416,
    0x0BE0E079545F43E4B00CC912F8228DDCC6D19C9F0F69BBB0542EDA0FC9DEC916A20B15DC0FD2EDEDDA39142311A5001D,
    0x08D9E5297186DB2D9FB266EAAC783182B70152C65550D881C5ECD87B6F0F5A6449F38DB9DFA9CCE202C6477FAAF9B7AC,
    0x166007C08A99DB2FC3BA8734ACE9824B5EECFDFA8D0CF8EF5DD365BC400A0051D5FA9C01A58B1FB93D1A1399126A775C,
    0x16A3EF08BE3EA7EA03BCDDFABBA6FF6EE5A4375EFA1F4FD7FEB34FD206357132B920F5B00801DEE460EE415A15812ED9,
    0x1866C8ED336C61231A1BE54FD1D74CC4F9FB0CE4C6AF5920ABC5750C4BF39B4852CFE2F7BB9248836B233D9D55535D4A,
    0x167A55CDA70A6E1CEA820597D94A84903216F763E13D87BB5308592E7EA7D4FBC7385EA3D529B35E346EF48BB8913F55,
    0x04D2F259EEA405BD48F010A01AD2911D9C6DD039BB61A6290E591B36E636A5C871A5C29F4F83060400F8B49CBA8F6AA8,
    0x0ACCBB67481D033FF5852C1E48C50C477F94FF8AEFCE42D28C0F9A88CEA7913516F968986F7EBBEA9684B529E2561092,
    0x0AD6B9514C767FE3C3613144B45F1496543346D98ADF02267D5CEEF9A00D9B8693000763E3B90AC11E99B138573345CC,
    0x02660400EB2E4F3B628BDD0D53CD76F2BF565B94E72927C1CB748DF27942480E420517BD8714CC80D1FADC1326ED06F7,
    0x0E0FA1D816DDC03E6B24255E0D7819C171C40F65E273B853324EFCD6356CAA205CA2F570F13497804415473A1D634B8F,
    1,
)


def inverse(number):
    return pow(number, -1, P)


def sqrt(number):
    root = pow(number, (P + 1) // 4, P)
    return root if root * root % P == number % P else None


# Fp2: pairs (a, b) for a + b·i, i² = −1.


def add2(a, b):
    return ((a[0] + b[0]) % P, (a[1] + b[1]) % P)


def sub2(a, b):
    return ((a[0] - b[0]) % P, (a[1] - b[1]) % P)


def mul2(a, b):
    return ((a[0] * b[0] - a[1] * b[1]) % P, (a[0] * b[1] + a[1] * b[0]) % P)


def scale2(a, number):
    return (a[0] * number % P, a[1] * number % P)


def inverse2(a):
    norm = inverse(a[0] * a[0] + a[1] * a[1])
    return (a[0] * norm % P, -a[1] * norm % P)


def sqrt2(a):
    norm = sqrt((a[0] * a[0] + a[1] * a[1]) % P)
    if norm is None:
        return None
    half = inverse(2)
    for square in ((a[0] + norm) * half % P, (a[0] - norm) * half % P):
        real = sqrt(square)
        if real:
            root = (real, a[1] * half * inverse(real) % P)
        elif real == 0:
            root = (0, sqrt(-a[0] % P) or 0)
        else:
            continue
        if mul2(root, root) == (a[0] % P, a[1] % P):
            return root
    return None


class Field1:
    """The coordinates of G1."""

    three, two, b, zero = 3, 2, 4, 0
    inv = staticmethod(inverse)

    @staticmethod
    def mul(a, b):
        return a * b % P

    @staticmethod
    def add(a, b):
        return (a + b) % P

    @staticmethod
    def sub(a, b):
        return (a - b) % P


class Field2:
    """The coordinates of G2."""

    three, two, b, zero = (3, 0), (2, 0), (4, 4), (0, 0)
    mul, add, sub, inv = (staticmethod(f) for f in (mul2, add2, sub2, inverse2))


def on_curve(f, point):
    x, y = point
    return f.mul(y, y) == f.add(f.mul(f.mul(x, x), x), f.b)


def slope(f, p, q):
    """Of the line through two points; None if it is upright."""
    if p != q:
        return None if p[0] == q[0] else f.mul(f.sub(q[1], p[1]), f.inv(f.sub(q[0], p[0])))
    if p[1] == f.zero:
        return None
    return f.mul(f.mul(f.three, f.mul(p[0], p[0])), f.inv(f.mul(f.two, p[1])))


def plus(f, p, q):
    """The sum of two points; None is the neutral one."""
    if p is None or q is None:
        return p or q
    m = slope(f, p, q)
    if m is None:
        return None
    x = f.sub(f.sub(f.mul(m, m), p[0]), q[0])
    return (x, f.sub(f.mul(m, f.sub(p[0], x)), p[1]))


def times(f, number, point):
    result = None
    for bit in bin(number)[2:]:
        result = plus(f, result, result)
        if bit == "1":
            result = plus(f, result, point)
    return result


def coordinates(data, length, what):
    if len(data) != length:
        raise Wrong(f"{what} has {len(data)} bytes and not {length}")
    flags = data[0] >> 5
    if flags & 0b110 != 0b100:
        raise Wrong(f"{what} is not a compressed point, or is the neutral one")
    data = bytes([data[0] & 0x1F]) + data[1:]
    numbers = [int.from_bytes(data[i : i + 48], "big") for i in range(0, length, 48)]
    if any(number >= P for number in numbers):
        raise Wrong(f"{what} has a coordinate beyond the field")
    return numbers, bool(flags & 1)


def read_g1(data, what="the signature"):
    (x,), larger = coordinates(data, 48, what)
    y = sqrt(x**3 + 4)
    if y is None:
        raise Wrong(f"{what} is not on the curve")
    point = (x, y if (y > P // 2) == larger else -y % P)
    if times(Field1, R, point) is not None:
        raise Wrong(f"{what} is not in the group")
    return point


def read_g2(data, what="the beacon's public key"):
    (x1, x0), larger = coordinates(data, 96, what)
    x = (x0, x1)
    y = sqrt2(add2(mul2(mul2(x, x), x), Field2.b))
    if y is None:
        raise Wrong(f"{what} is not on the curve")
    is_larger = (y[1] or y[0]) > P // 2
    point = (x, y if is_larger == larger else sub2((0, 0), y))
    if times(Field2, R, point) is not None:
        raise Wrong(f"{what} is not in the group")
    return point


def write_g1(point):
    x, y = point
    data = x.to_bytes(48, "big")
    return bytes([data[0] | 0x80 | (0x20 if y > P // 2 else 0)]) + data[1:]


def expand_message(message, dst, length):
    blocks = -(-length // 32)
    suffix = dst + bytes([len(dst)])
    first = sha256(bytes(64), message, length.to_bytes(2, "big"), b"\x00", suffix)
    out = [sha256(first, b"\x01", suffix)]
    for block in range(2, blocks + 1):
        mixed = bytes(a ^ b for a, b in zip(first, out[-1]))
        out.append(sha256(mixed, bytes([block]), suffix))
    return b"".join(out)[:length]


def map_to_g1(u):
    """Simplified SWU on the isogenous curve, then the isogeny."""
    z = 11
    tv = (z * z * pow(u, 4, P) + z * u * u) % P
    if tv == 0:
        x = ISO_B * inverse(z * ISO_A) % P
    else:
        x = -ISO_B * inverse(ISO_A) * (1 + inverse(tv)) % P
    y = sqrt(x**3 + ISO_A * x + ISO_B)
    if y is None:
        x = z * u * u * x % P
        y = sqrt(x**3 + ISO_A * x + ISO_B)
    if u % 2 != y % 2:
        y = -y % P

    def at(coefficients):
        value = 0
        for coefficient in reversed(coefficients):
            value = (value * x + coefficient) % P
        return value

    return (at(ISO_X_NUM) * inverse(at(ISO_X_DEN)) % P, y * at(ISO_Y_NUM) * inverse(at(ISO_Y_DEN)) % P)


def hash_to_g1(message, dst=DST):
    data = expand_message(message, dst, 128)
    a, b = (map_to_g1(int.from_bytes(part, "big") % P) for part in (data[:64], data[64:]))
    return times(Field1, X + 1, plus(Field1, a, b))


# Fp12: six coefficients of Fp2, from the constant one on, of powers of w; w⁶ = 1 + i.


def mul12(a, b):
    real, imaginary = [0] * 11, [0] * 11
    for i, (a0, a1) in enumerate(a):
        if not (a0 or a1):
            continue
        for j, (b0, b1) in enumerate(b):
            real[i + j] += a0 * b0 - a1 * b1
            imaginary[i + j] += a0 * b1 + a1 * b0
    for k in range(10, 5, -1):  # times 1 + i, six places lower
        real[k - 6] += real[k] - imaginary[k]
        imaginary[k - 6] += real[k] + imaginary[k]
    return [(real[k] % P, imaginary[k] % P) for k in range(6)]


ONE12 = [(1, 0)] + [(0, 0)] * 5


def miller(p, q):
    """The Miller loop of a point of G1 and one of G2, up to factors that the last power takes away."""
    result, at = ONE12, q

    def step(result, at, other):
        m = slope(Field2, at, other)
        constant = sub2(mul2(m, at[0]), at[1])
        line = [constant, (0, 0), scale2(m, -p[0] % P), (p[1], 0), (0, 0), (0, 0)]
        return mul12(line, result), plus(Field2, at, other)

    for bit in bin(X)[3:]:
        result, at = step(mul12(result, result), at, at)
        if bit == "1":
            result, at = step(result, at, q)
    return result


def pairings_cancel(pairs):
    """Whether the product of the pairings is 1."""
    product = ONE12
    for p, q in pairs:
        product = mul12(product, miller(p, q))
    if not any(any(c) for c in product):
        return False
    # The last power is (p⁶ − 1)·(p² + 1)·(p⁴ − p² + 1)/r. Raising to p² multiplies the coefficient of wᵏ by gᵏ.
    g = power2((1, 1), (P * P - 1) // 6)
    twisted, factor = [], (1, 0)
    for c in product:
        twisted.append(mul2(c, factor))
        factor = mul2(factor, g)
    base, power = mul12(product, twisted), ONE12
    for bit in bin((P**4 - P**2 + 1) // R)[2:]:
        power = mul12(power, power)
        if bit == "1":
            power = mul12(power, base)
    # The rest, to the p⁶ − 1, gives 1 exactly where raising to p⁶ changes nothing: it negates the odd coefficients.
    return all(power[k] == (0, 0) for k in (1, 3, 5))


def power2(a, exponent):
    result = (1, 0)
    for bit in bin(exponent)[2:]:
        result = mul2(result, result)
        if bit == "1":
            result = mul2(result, a)
    return result


def check_signature(public_key, round_number, signature):
    """Raises Wrong unless the signature is the beacon's of that round."""
    key, point = read_g2(public_key), read_g1(signature)
    message = hash_to_g1(sha256(u64(round_number)))
    negated = (G2[0], sub2((0, 0), G2[1]))
    if not pairings_cancel([(point, negated), (message, key)]):
        raise Wrong("the signature does not verify")


# ----------------------------------------------------------------------------------------------------------- Evidence


def show(value, most=80):
    """Anything from outside, safe to print."""
    shown = str(value)
    shown = shown if len(shown) <= most else shown[:most] + "…"
    return "".join(c if c.isprintable() else "\\x%02x" % ord(c) for c in shown)


def parse_json(data, what):
    def no_doubles(pairs):
        keys = [key for key, _ in pairs]
        if len(keys) != len(set(keys)):
            raise ValueError("a key stands twice in one object")
        return dict(pairs)

    def refuse(name):
        raise ValueError(f"{name} is no number")

    def whole(digits):
        return -0.0 if digits == "-0" else int(digits)

    try:
        return json.loads(
            data.decode("utf-8"), object_pairs_hook=no_doubles, parse_constant=refuse, parse_int=whole
        )
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"{what} is not JSON: {show(error)}") from None


def is_number(value, most):
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most


class Reader:
    """Takes an object apart and says what is wrong with it."""

    def __init__(self, value, what):
        if not isinstance(value, dict):
            raise Unreadable(f"{what} is not an object")
        self.value, self.what = value, what

    def get(self, key, optional=False):
        if self.value.get(key) is None:
            if optional:
                return None
            raise Unreadable(f"{self.what} has no {key}")
        return self.value[key]

    def number(self, key, most=U64, optional=False):
        value = self.get(key, optional)
        if value is not None and not is_number(value, most):
            raise Unreadable(f"{key} of {self.what} is not a whole number from 0 to {most}")
        return value

    def decimal(self, key):
        return decimal(self.get(key), U128, f"{key} of {self.what}")

    def text(self, key):
        value = self.get(key)
        if not isinstance(value, str):
            raise Unreadable(f"{key} of {self.what} is not a text")
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            raise Unreadable(f"{key} of {self.what} is not Unicode") from None
        return value

    def hex(self, key, length=None, optional=False):
        value = self.get(key, optional)
        return None if value is None else hexadecimal(value, f"{key} of {self.what}", length)

    def hashes(self, key):
        return [hexadecimal(value, f"{key} of {self.what}", 32) for value in self.list(key)]

    def flag(self, key):
        value = self.get(key)
        if not isinstance(value, bool):
            raise Unreadable(f"{key} of {self.what} is neither true nor false")
        return value

    def inner(self, key):
        return Reader(self.get(key), f"{key} of {self.what}")

    def list(self, key):
        value = self.get(key)
        if not isinstance(value, list):
            raise Unreadable(f"{key} of {self.what} is not a list")
        return value

    def only(self, *keys):
        for key in self.value:
            if key not in keys:
                raise Unreadable(f"{self.what} has a field {show(key)}, which is none of {', '.join(keys)}")
        return self


def decimal(value, most, what):
    if not isinstance(value, str) or not re.fullmatch("0|[1-9][0-9]{0,60}", value) or int(value) > most:
        raise Unreadable(f"{what} is not a number in decimal digits up to {most}")
    return int(value)


def hexadecimal(value, what, length=None):
    if not isinstance(value, str) or not re.fullmatch("([0-9a-f]{2})*", value):
        raise Unreadable(f"{what} is not lower-case hexadecimal")
    if length is not None and len(value) != 2 * length:
        raise Unreadable(f"{what} has not {length} bytes")
    return bytes.fromhex(value)


def read_fairness(value):
    event = Reader(value, "fairness.json")
    version = event.number("version", U32)
    if version != 1:
        raise Unreadable(f"fairness.json has version {version}, and this script reads version 1: get a newer one")
    tiers, eggs, beacon = event.inner("tiers"), event.inner("eggs"), event.inner("beacon")
    catalogue = event.inner("catalogue")
    read = {
        "chain_id": event.text("chain_id"),
        "contract": event.text("contract"),
        "tiers": {key: tiers.number(key, U32) for key in ("legendary", "ancient_bp", "rare_bp")},
        "eggs": {tier: eggs.number(tier, U32) for tier in TIERS},
        "tilt_bp": event.number("tilt_bp", 10000),
        "holdback_bp": event.number("holdback_bp", 10000),
        "key_window": event.number("key_window"),
        "beacon": {key: beacon.number(key) for key in ("genesis", "period", "delay")},
        "tables": event.hex("tables", 32),
        "catalogue": {
            tier: (catalogue.inner(tier).number("count", U32), catalogue.inner(tier).hex("root", 32)) for tier in TIERS
        },
        "showers": [],
    }
    read["beacon"]["public_key"] = beacon.hex("public_key")
    if read["tiers"]["ancient_bp"] + read["tiers"]["rare_bp"] > 10000:
        raise Unreadable("the tiers of fairness.json share out more than everything")
    for number, value in enumerate(event.list("showers"), 1):
        facts = Reader(value, f"shower {number} of fairness.json")
        if facts.number("shower", U32) != number:
            raise Unreadable(f"fairness.json does not list shower {number} where it should stand: list all, in order")
        read["showers"].append(
            {
                "shower": number,
                "closes_at": facts.number("closes_at"),
                "closed_at": facts.number("closed_at", optional=True),
                "commitment": facts.hex("commitment", 32),
                "beacon_round": facts.number("beacon_round", optional=True),
                "beacon_signature": facts.hex("beacon_signature", optional=True),
                "log": facts.hex("log", 32),
                "contributors": facts.number("contributors", U32),
                "total": facts.decimal("total"),
                "earlier": facts.number("earlier"),
                "root": facts.hex("root", 32, optional=True),
                "leaves": facts.number("leaves", U32, optional=True),
                "key": facts.hex("key", 32, optional=True),
                "key_in_time": facts.flag("key_in_time"),
                "cancelled": facts.flag("cancelled"),
                "paused": facts.flag("paused"),
            }
        )
    return read


def is_open(facts):
    return facts["beacon_round"] is None and not facts["cancelled"]


def read_contributions(data, what):
    try:
        lines = data.decode("utf-8").split("\n")
    except UnicodeDecodeError:
        raise Unreadable(f"{what} is not text in UTF-8") from None
    lines = [line[:-1] if line.endswith("\r") else line for line in lines]
    if lines[0] != "seq,contributor,amount,total":
        raise Unreadable(f'{what} begins with "{show(lines[0], 60)}" and not with "seq,contributor,amount,total"')
    if len(lines) > 1 and lines[-1] == "":
        lines.pop()
    rows = []
    for number, line in enumerate(lines[1:], 2):
        fields, where = line.split(","), f"line {number} of {what}"
        if len(fields) != 4:
            raise Unreadable(f"{where} has {len(fields)} fields and not 4")
        seq, contributor, amount, total = fields
        if not contributor:
            raise Unreadable(f"{where} has no contributor")
        rows.append(
            (
                decimal(seq, U64, f"seq in {where}"),
                contributor,
                decimal(amount, U128, f"amount in {where}"),
                decimal(total, U128, f"total in {where}"),
            )
        )
    return rows


def read_reveals(values, what):
    if not isinstance(values, list):
        raise Unreadable(f"{what} is not a list")
    reveals = []
    for number, value in enumerate(values, 1):
        reveal = Reader(value, f"entry {number} of {what}")
        # As it is written, and as it was: a number for the id, and `kind` with `egg`.
        found, traits = reveal.text("kind" if "kind" in value else "found"), reveal.list("traits")
        kind = {"eggs": "egg", "egg": "egg", "dust": "dust"}.get(found)
        if kind is None or ("kind" in value and "found" in value):
            raise Unreadable(f"found of {reveal.what} is neither eggs nor dust")
        token_id = reveal.get("token_id")
        if isinstance(token_id, str):
            token_id = decimal(token_id, U64, f"token_id of {reveal.what}")
        else:
            token_id = reveal.number("token_id")
        if not all(is_number(trait, U32) for trait in traits):
            raise Unreadable(f"traits of {reveal.what} are not whole numbers of 32 bits")
        reveals.append(
            {
                "token_id": token_id,
                "index": reveal.number("index", U32),
                "content": (kind, reveal.text("image"), traits),
                "salt": reveal.hex("salt", 32),
                "proof": reveal.hashes("proof"),
            }
        )
    return reveals


def read_tables(data):
    """The tables. Unreadable also if they could leave a meteor without content."""

    def weights(value, what, may_be_empty=False):
        if not isinstance(value, list) or not all(is_number(weight, U32) for weight in value):
            raise Unreadable(f"{what} are not a list of whole numbers of 32 bits")
        if sum(value) == 0 and not (may_be_empty and not value):
            raise Unreadable(f"{what} are all 0, or none")
        return value

    def source(value, what):
        if value in ("tier", "rank", "shower", "meteor"):
            return (value, None)
        if not isinstance(value, dict) or len(value) != 1:
            raise Unreadable(f"{what} is none of the kinds of source")
        ((name, given),) = value.items()
        if name == "weights":
            return (name, weights(given, f"the weights of {what}"))
        if name == "tier_weights":
            tiers = Reader(given, what).only(*TIERS)
            return (name, {tier: weights(tiers.get(tier), f"the {tier} weights of {what}", True) for tier in TIERS})
        if name == "range" and isinstance(given, list) and len(given) == 2:
            if not all(is_number(bound, U32) for bound in given) or given[0] > given[1]:
                raise Unreadable(f"the range of {what} is not from one number of 32 bits to another that is no less")
            return (name, given)
        raise Unreadable(f"{what} is none of the kinds of source")

    tables = Reader(parse_json(data, "tables.json"), "tables.json").only("egg", "dust")
    read = {}
    for kind in ("egg", "dust"):
        recipe = tables.inner(kind).only("images", "sources")
        images = recipe.inner("images").only(*TIERS)
        for tier in TIERS:
            if not all(isinstance(image, str) for image in images.list(tier)):
                raise Unreadable(f"{tier} of {images.what} is not a list of texts")
            if not images.list(tier):
                raise Unreadable(f"{images.what} has no image for the tier {tier}")
        read[kind] = {
            "images": {tier: images.list(tier) for tier in TIERS},
            "sources": [
                source(value, f"source {number} of {kind} in tables.json")
                for number, value in enumerate(recipe.list("sources"))
            ],
        }
    return read


def read_catalogue(data):
    """The pieces of each tier: lists of (image, traits)."""

    def bad(number, why):
        return Unreadable(f"line {number} of catalogue.csv {why}")

    try:
        lines = data.decode("utf-8-sig").split("\n")
    except UnicodeDecodeError:
        raise Unreadable("catalogue.csv is not text in UTF-8") from None
    lines = [line[:-1] if line.endswith("\r") else line for line in lines]
    while lines and lines[-1] == "":
        lines.pop()
    columns = lines[0].split(",") if lines else []
    if columns[:3] != ["tier", "index", "image"]:
        raise Unreadable('catalogue.csv does not begin with "tier,index,image"')
    # What it says about the images' files is no trait, and nothing of it is hashed.
    ends_with_files = columns[-2:] == ["bytes", "sha256"]
    pieces, at = {tier: [] for tier in TIERS}, 0
    for number, line in enumerate(lines[1:], 2):
        fields = line.split(",")
        if len(fields) != len(columns):
            raise bad(number, f"has {len(fields)} fields and the first line {len(columns)}")
        tier, index, image, *traits = fields[:-2] if ends_with_files else fields
        if tier not in TIERS or TIERS.index(tier) < at:
            raise bad(number, f"is of tier {show(tier)}: the tiers are {', '.join(TIERS)}, in this order")
        at = TIERS.index(tier)
        if decimal(index, U32, f"index in line {number} of catalogue.csv") != len(pieces[tier]):
            raise bad(number, f"has index {index} where {len(pieces[tier])} belongs")
        if not image:
            raise bad(number, "has no image")
        numbers = [decimal(trait, U32, f"a trait in line {number} of catalogue.csv") for trait in traits]
        pieces[tier].append((image, numbers))
    return pieces


class Folder:
    """An evidence folder."""

    def __init__(self, path):
        self.path = path

    said_by = "the evidence folder"

    def bytes(self, *names, optional=False):
        path = os.path.join(self.path, *names)
        if optional and not os.path.lexists(path):
            return None
        try:
            if os.path.getsize(path) > MOST_BYTES:
                raise Unreadable(f"{path} is larger than {MOST_BYTES} bytes")
            with open(path, "rb") as file:
                return file.read()
        except OSError as error:
            raise Unreadable(f"{path} can't be read: {error.strerror}") from None

    def fairness(self):
        return self.bytes("fairness.json")

    def tables(self):
        return self.bytes("tables.json")

    def catalogue(self):
        return self.bytes("catalogue.csv", optional=True)

    def contributions(self, shower):
        return self.bytes("showers", str(shower), "contributions.csv")

    def reveals(self, shower):
        return parse_json(self.bytes("showers", str(shower), "reveals.json"), "reveals.json")


class Api:
    """The public API of an event."""

    def __init__(self, url):
        self.base = url.rstrip("/")
        if self.base.endswith("/v1"):
            self.base = self.base[:-3]

    said_by = "the operator's server"

    def bytes(self, path, optional=False):
        url = self.base + path
        try:
            with urllib.request.urlopen(urllib.request.Request(url), timeout=30) as answer:
                data = answer.read(MOST_BYTES + 1)
        except urllib.error.HTTPError as error:
            if optional and error.code == 404:
                return None
            raise Unreadable(f"{url} answers with status {error.code}") from None
        except (OSError, ValueError, urllib.error.URLError) as error:
            raise Unreadable(f"{url} can't be read: {show(error)}") from None
        except Exception as error:  # http.client has a family of its own
            raise Unreadable(f"{url} answers with nonsense: {show(error)}") from None
        if len(data) > MOST_BYTES:
            raise Unreadable(f"{url} is larger than {MOST_BYTES} bytes")
        return data

    def fairness(self):
        return self.bytes("/v1/fairness")

    def tables(self):
        return self.bytes("/v1/fairness/tables")

    def catalogue(self):
        return self.bytes("/v1/catalogue", optional=True)

    def contributions(self, shower):
        return self.bytes(f"/v1/showers/{shower}/contributions.csv")

    def reveals(self, shower):
        start = f"/v1/showers/{shower}/reveals"
        path, seen, reveals = start, set(), []
        while path is not None:
            if path in seen:
                raise Unreadable(f"the pages of {start} go in circles")
            seen.add(path)
            page = Reader(parse_json(self.bytes(path), path), path)
            reveals += page.list("reveals")
            path = page.get("next", optional=True)
            if path is not None and (not isinstance(path, str) or not path.startswith(start + "?")):
                raise Unreadable(f"the next page of {start} is given as {show(path)}")
        return reveals


# --------------------------------------------------------------------------------------------------------------- Node
# What the chain says, asked of a node: CometBFT's JSON-RPC, in it queries of the wasm module as protobuf.


def protobuf(*fields):
    """A message of these (number, value): a value is bytes or a whole number."""

    def varint(number):
        out = b""
        while number > 127:
            out, number = out + bytes([number & 127 | 128]), number >> 7
        return out + bytes([number])

    return b"".join(
        varint(number << 3 | 2) + varint(len(value)) + value
        if isinstance(value, bytes)
        else varint(number << 3) + varint(value)
        for number, value in fields
    )


def read_protobuf(data):
    """The fields of a message by number; of repeated ones the last, which is protobuf's rule."""

    def varint(at):
        number = shift = 0
        while True:
            number |= (data[at] & 127) << shift
            shift, at = shift + 7, at + 1
            if data[at - 1] < 128:
                return number, at

    fields, at = {}, 0
    try:
        while at < len(data):
            key, at = varint(at)
            if key & 7 == 0:
                fields[key >> 3], at = varint(at)
                continue
            size, at = {1: (8, at), 5: (4, at)}.get(key & 7) or varint(at)
            if key & 7 not in (1, 2, 5) or at + size > len(data):
                raise IndexError
            fields[key >> 3], at = data[at : at + size], at + size
    except IndexError:
        raise Unreadable("the node answers a query with something that is no protobuf") from None
    return fields


def block_time(given, what):
    """Nanoseconds since 1970 of a time as CometBFT writes it."""
    found = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?Z", str(given))
    if not found:
        raise Unreadable(f"the time of {what} is given as {show(given)}")
    year, month, day, hour, minute, second = (int(part) for part in found.groups()[:6])
    try:
        days = datetime.date(year, month, day).toordinal() - datetime.date(1970, 1, 1).toordinal()
    except ValueError:
        raise Unreadable(f"the time of {what} is given as {show(given)}") from None
    seconds = days * 86400 + hour * 3600 + minute * 60 + second
    return seconds * 10**9 + int((found[7] or "0").ljust(9, "0"))


class NodeRefuses(Unreadable):
    """The node answers with an error of its own."""


class Node:
    """A node of the chain."""

    said_by = "the node"

    def __init__(self, url):
        self.url, self.times = url, {}

    def call(self, method, **params):
        question = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        try:
            request = urllib.request.Request(
                self.url, json.dumps(question).encode(), {"Content-Type": "application/json"}
            )
            try:
                with urllib.request.urlopen(request, timeout=30) as answer:
                    data = answer.read(MOST_BYTES + 1)
            except urllib.error.HTTPError as error:  # CometBFT answers errors with status 500 and says why
                data = error.read(MOST_BYTES + 1)
        except Exception as error:
            raise Unreadable(f"the node {self.url} can't be asked: {show(error)}") from None
        answer = Reader(parse_json(data, f"what {self.url} answers"), f"what {self.url} answers")
        error = answer.get("error", optional=True)
        if error is not None:
            said = error if not isinstance(error, dict) else f"{error.get('message')} {error.get('data')}"
            raise NodeRefuses(f"the node refuses {method}: {show(said, 200)}")
        return answer.inner("result")

    def query(self, name, request):
        result = self.call("abci_query", path=f"/cosmwasm.wasm.v1.Query/{name}", data=request.hex(), prove=False)
        response = result.inner("response")
        if response.get("code", optional=True) not in (None, 0):
            raise NodeRefuses(f"the chain refuses {name}: {show(response.get('log', optional=True), 200)}")
        try:
            value = base64.b64decode(response.get("value", optional=True) or "", validate=True)
        except (TypeError, ValueError):
            raise Unreadable("the node answers a query with something that is not base64") from None
        return read_protobuf(value)

    def smart(self, contract, query):
        request = protobuf((1, contract.encode()), (2, json.dumps(query).encode()))
        return parse_json(self.bytes_of(self.query("SmartContractState", request), 1), f"the answer of {contract}")

    @staticmethod
    def bytes_of(fields, number):
        value = fields.get(number, b"")
        if not isinstance(value, bytes):
            raise Unreadable("the node answers a query with a number where a text belongs")
        return value

    def code(self, contract):
        """SHA-256 of a contract's code, and who may replace it; None for nobody."""
        answer = self.query("ContractInfo", protobuf((1, contract.encode())))
        info = read_protobuf(self.bytes_of(answer, 2))
        code_id = info.get(1, 0)
        if not isinstance(code_id, int) or code_id == 0:
            raise Unreadable(f"the node says nothing about {show(contract)}")
        code = read_protobuf(self.bytes_of(self.query("Code", protobuf((1, code_id))), 1))
        admin = self.bytes_of(info, 3).decode("utf-8", "replace")
        return self.bytes_of(code, 3).hex(), admin or None

    def status(self):
        """The chain's id and its last height."""
        status = self.call("status")
        height = decimal(status.inner("sync_info").get("latest_block_height"), U64, "the node's height")
        return status.inner("node_info").text("network"), height

    def time(self, height):
        """The time of a block in nanoseconds; None if the node no longer has it."""
        if height not in self.times:
            try:
                answer = self.call("blockchain", minHeight=str(height), maxHeight=str(height))
                metas = answer.list("block_metas")
            except NodeRefuses:  # what it has pruned, it refuses
                metas = []
            self.times[height] = None
            for meta in metas:
                header = Reader(meta, "a block of the node").inner("header")
                if header.get("height") == str(height):
                    self.times[height] = block_time(header.get("time"), f"block {height}")
        return self.times[height]

    def closing(self, closed_at):
        """The block whose time, rounded up, is closed_at: its height, and the seconds to its neighbours. None if the
        node no longer has it."""
        first, last = 1, self.status()[1]
        while first < last:
            middle = (first + last) // 2
            time = self.time(middle)
            # What is pruned is older than what is there.
            if time is None or -(-time // 10**9) < closed_at:
                first = middle + 1
            else:
                last = middle
        times = [self.time(height) if height > 0 else None for height in (first - 1, first, first + 1)]
        before, at, after = times
        if at is None or -(-at // 10**9) != closed_at:
            return None
        return {
            "height": first,
            "before": None if before is None else (at - before) // 10**9,
            "after": None if after is None else (after - at) // 10**9,
        }


def fairness_of_the_chain(node, contract):
    """What fairness.json says, as the contract says it."""

    def ask(query):
        return Reader(node.smart(contract, query), f"the answer of {show(contract)}")

    def merged(*readers_and_keys):
        return {key: reader.value.get(key) for reader, keys in readers_and_keys for key in keys.split()}

    config, fixed = ask({"config": {}}), ask({"fairness": {}})
    beacon = fixed.inner("beacon")
    fairness = {
        "version": 1,
        "contract": contract,
        **merged((config, "chain_id tiers eggs tilt_bp holdback_bp catalogue"), (fixed, "key_window tables")),
        "beacon": {**merged((beacon, "genesis period delay")), "public_key": fixed.get("beacon_key")},
        "showers": [],
    }
    for number in range(1, config.inner("schedule").number("count", U32) + 1):
        state, drawn = ask({"shower": {"shower": number}}), ask({"draw": {"shower": number}})
        facts = merged(
            (state, "shower closes_at log contributors total earlier key_in_time cancelled paused"),
            (drawn, "closed_at commitment beacon_round root leaves key"),
        )
        facts["beacon_signature"] = drawn.get("beacon", optional=True)
        if facts["root"] is None:
            facts["leaves"] = None  # the contract says 0
        fairness["showers"].append(facts)
    return fairness, config


# Facts that appear as an event goes on. Where the source lacks one that the chain has, it is behind, and not wrong.
LATER = ("closed_at", "beacon_round", "beacon_signature", "root", "leaves", "key")
FLAGS = ("key_in_time", "cancelled", "paused")


def compare(source, chain):
    """Where the source contradicts the chain, and the showers in which it is merely behind."""
    wrong, behind = [], []

    def differ(path, ours, theirs):
        wrong.append(f"{path} is {show(json.dumps(ours), 100)} and on the chain {show(json.dumps(theirs), 100)}")

    def walk(path, ours, theirs):
        if isinstance(theirs, dict) and isinstance(ours, dict):
            for key in theirs:
                walk(f"{path}.{key}" if path else key, ours.get(key), theirs[key])
        elif ours != theirs:
            differ(path, ours, theirs)

    walk("", {**source, "showers": len(source["showers"])}, {**chain, "showers": len(chain["showers"])})
    for ours, theirs in zip(source["showers"], chain["showers"]):
        number = theirs["shower"]
        if ours.get("beacon_round") is None and not ours["cancelled"]:
            # What is contributed to an open shower changes from block to block.
            closed = theirs["beacon_round"] is not None or theirs["cancelled"]
            behind += [number] if closed else []
            theirs = {key: theirs[key] for key in ("shower", "closes_at", "commitment")}
        for key, value in theirs.items():
            given = ours.get(key)
            if given == value:
                continue
            if (key in LATER and given is None) or (key in FLAGS and value and not given):
                behind += [] if number in behind else [number]
            else:
                differ(f"{key} of shower {number}", given, value)
    return wrong, behind


# -------------------------------------------------------------------------------------------------------------- Steps

STEPS = {
    "beacon-rule": "the rule names numbers of drand quicknet that nobody could know when a shower closed",
    "catalogue": "the pieces that meteors get were fixed on the chain, in their order, before the first contribution",
    "chain": "a node of the chain says the same as the source",
    "code": "the contracts run the code that was published, and who may replace it",
    "contributions": "no contribution was left out, added, changed or moved: the list hashes to the 32 bytes that "
    "the contract kept as the contributions came",
    "ranking": "contributors, total and meteor numbers on the chain follow from that list",
    "odds": "the odds of an egg follow from the number of contributors alone, and a better rank is never worse off",
    "beacon-round": "the shower was decided by the public random number that the rule names, one that was still to "
    "come when the shower closed",
    "beacon": "that random number is genuine: its makers' signature verifies, and nobody can forge it",
    "key": "the operator's secret key is the one fixed on the chain before the first contribution",
    "tables": "the tables of traits are those whose hash was fixed on the chain",
    "draw": "drawing again from key, random number and contributions gives every egg, trait and salt that the "
    "operator sealed before any meteor was minted",
    "reveals": "every meteor cracked so far was shown to hold what was sealed for it",
    "meteor": "this meteor's wallet, rank and content follow from the draw",
}
OF_A_SHOWER = ("contributions", "ranking", "odds", "beacon-round", "beacon", "key", "tables", "draw", "reveals")
DRAW_NEEDS = ("contributions", "ranking", "beacon-round", "beacon", "key", "tables")
OPEN = "the shower has not closed: nothing of it is final"
PASSED, FAILED, NOT_CHECKED = "passed", "failed", "not_checked"


def tell(odds):
    return f"{odds[0]}/{odds[1]} ({percent(odds)} %)"


class Steps:
    """Steps and how they came out."""

    def __init__(self):
        self.steps = []

    def step(self, name, needs, check):
        for needed in needs:
            if self.outcome(needed) == FAILED:
                outcome, detail = NOT_CHECKED, f"depends on the step {needed}, which failed"
                break
        else:
            try:
                outcome, detail = PASSED, check()
            except Wrong as why:
                outcome, detail = FAILED, str(why)
            except Skipped as why:
                outcome, detail = NOT_CHECKED, str(why)
        self.steps.append({"name": name, "shows": STEPS[name], "outcome": outcome, "detail": detail})

    def outcome(self, name):
        return next((step["outcome"] for step in self.steps if step["name"] == name), None)


class EventVerifier(Steps):
    """Checks what concerns the whole event."""

    def __init__(self, event, source):
        super().__init__()
        self.event, self.source = event, source

    def run(self):
        self.step("beacon-rule", [], self.beacon_rule)
        self.step("catalogue", [], self.catalogue)
        return self

    def beacon_rule(self):
        beacon = self.event["beacon"]
        if beacon_network(beacon) == "test":
            raise Skipped(
                "the key is not quicknet's, so the beacon is one for test chains: who holds its key knew every number "
                "ahead"
            )
        return (
            f"drand quicknet: genesis {beacon['genesis']}, period {beacon['period']} s, delay {beacon['delay']} s"
        )

    def catalogue(self):
        file = self.source.catalogue()
        if file is None:
            raise Skipped("the source has no catalogue; the contract mints only pieces that lead to its roots")
        try:
            pieces = read_catalogue(file)
        except Unreadable as why:
            raise Wrong(str(why)) from None
        for tier, name in enumerate(TIERS):
            count, root = self.event["catalogue"][name]
            found = [piece_hash(tier, index, *piece) for index, piece in enumerate(pieces[name])]
            if not found:
                raise Wrong(f"the catalogue has no {name} piece")
            if (len(found), root_of(found)) != (count, root):
                raise Wrong(
                    f"the catalogue's {len(found)} {name} pieces lead to {root_of(found).hex()}, and the chain has "
                    f"{count} and {root.hex()}"
                )
        return "pieces: " + ", ".join(f"{len(pieces[tier])} {tier}" for tier in TIERS)


class Verifier(Steps):
    """Checks one shower."""

    def __init__(self, event, facts, source, beacon=True):
        super().__init__()
        self.event, self.facts, self.source, self.with_beacon = event, facts, source, beacon
        self.place = Place(event["chain_id"], event["contract"], facts["shower"])
        self.wallets = self.tables = self.contents = None

    def run(self):
        facts = self.facts
        if is_open(facts):

            def still_open():
                raise Skipped(OPEN)

            for name in OF_A_SHOWER:
                self.step(name, [], still_open)
            return self
        shower = facts["shower"]
        what = f"contributions.csv of shower {shower}"
        self.rows = read_contributions(self.source.contributions(shower), what)
        self.reveals = read_reveals(self.source.reveals(shower), f"the reveals of shower {shower}")
        self.tables_file = self.source.tables()
        self.step("contributions", [], self.contributions)
        self.step("ranking", ["contributions"], self.ranking)
        self.step("odds", ["contributions", "ranking"], self.odds)
        self.step("beacon-round", [], self.beacon_round)
        self.step("beacon", ["beacon-round"], self.beacon)
        self.step("key", [], self.key)
        self.step("tables", [], self.read_tables)
        self.step("draw", DRAW_NEEDS, self.draw)
        self.step("reveals", [], self.check_reveals)
        return self

    def contributions(self):
        log, totals, last, reached = log_start(self.place), {}, -1, {}
        for seq, contributor, amount, total in self.rows:
            if seq <= last:
                raise Wrong(f"contribution {seq} does not come after the one before it")
            if amount == 0:
                raise Wrong(f"contribution {seq} has no amount")
            before = totals.get(contributor, 0)
            if before + amount != total:
                raise Wrong(
                    f"contribution {seq}: {show(contributor)} had {before}, gave {amount} and is said to have "
                    f"{total} afterwards"
                )
            last = seq
            totals[contributor], reached[contributor] = total, seq
            log = log_extend(log, seq, contributor, amount, total)
        if log != self.facts["log"]:
            raise Wrong(
                f"the list hashes to {log.hex()} and the chain has {self.facts['log'].hex()}: a contribution is "
                "missing, added, changed or moved"
            )
        self.wallets = sorted(
            ((total, reached[who], who) for who, total in totals.items()), key=lambda w: (-w[0], w[1])
        )
        return f"{len(self.rows)} contributions"

    def ranking(self):
        facts = self.facts
        if len(self.wallets) != facts["contributors"]:
            raise Wrong(f"the list has {len(self.wallets)} wallets and the chain {facts['contributors']} contributors")
        if sum(total for total, _, _ in self.wallets) != facts["total"]:
            raise Wrong(f"the wallets' totals do not add up to the {facts['total']} of the chain")
        earlier = sum(other["contributors"] for other in self.event["showers"][: facts["shower"] - 1])
        if earlier != facts["earlier"]:
            raise Wrong(
                f"meteors are numbered from {facts['earlier'] + 1} on, and earlier showers have {earlier} contributors"
            )
        sizes = tier_sizes(self.event["tiers"], len(self.wallets))
        return f"{len(self.wallets)} wallets: " + ", ".join(f"{size} {tier}" for tier, size in zip(TIERS, sizes))

    def odds(self):
        event, contributors = self.event, self.facts["contributors"]
        if contributors == 0:
            return "nobody contributed: no eggs"
        if self.facts["cancelled"]:
            raise Skipped("cancelled: no meteors, so no eggs")
        sizes = tier_sizes(event["tiers"], contributors)
        issued, _ = eggs_issued(event["eggs"], sizes)
        told, before, rank = [], None, 0
        for tier, size, eggs in zip(TIERS, sizes, issued):
            if size == 0:
                continue
            weights = Weights(size, eggs, event["tilt_bp"])
            first, last = weights.odds(0), weights.odds(size - 1)
            # Inside a tier weights fall and certain places come first: only the ends can be out of order.
            if before is not None and before[0] * first[1] < first[0] * before[1]:
                raise Wrong(f"rank {rank} has worse odds than the rank after it")
            told.append(f"{tier} {tell(first)}" + (f" to {tell(last)}" if first != last else ""))
            before, rank = last, rank + size
        return "eggs by rank: " + ", ".join(told)

    def beacon_round(self):
        facts, beacon = self.facts, self.event["beacon"]
        beacon_network(beacon)
        given = facts["beacon_round"]
        if given is None:
            if facts["root"] is not None or facts["beacon_signature"] is not None:
                raise Wrong("the shower was drawn, and no beacon round was fixed for it")
            raise Skipped("cancelled before a round was fixed")
        closed_at = facts["closed_at"]
        expected = beacon_round(beacon, facts["closes_at"] if closed_at is None else closed_at, facts["closes_at"])
        if closed_at is None:
            if given < expected:
                raise Wrong(f"the chain has round {given}, and no round before {expected} may decide this shower")
            return (
                f"round {given} is late enough; without the time of the close it can't be said that it is the first "
                "such"
            )
        if given != expected:
            raise Wrong(
                f"for a shower closed at {closed_at} the rule names round {expected}, and the chain has {given}"
            )
        return f"round {given}"

    def beacon(self):
        facts, beacon = self.facts, self.event["beacon"]
        signature = facts["beacon_signature"]
        if signature is None:
            if facts["root"] is not None:
                raise Wrong("the shower was drawn, and no beacon signature is stored")
            raise Skipped("not drawn")
        if not self.with_beacon:
            raise Skipped("skipped as asked: whether the beacon is genuine is NOT known")
        given = facts["beacon_round"]
        try:
            check_signature(beacon["public_key"], given, signature)
        except Wrong as why:
            raise Wrong(f"the signature of round {given} is not the beacon's: {why}") from None
        if beacon_network(beacon) == "quicknet":
            return f"signature of round {given}, drand quicknet"
        return f"signature of round {given}, by a beacon for test chains: who holds its key knew rounds ahead"

    def key(self):
        facts = self.facts
        if facts["key"] is None:
            if facts["key_in_time"]:
                raise Wrong("the key is said to have come in time, and there is none")
            if facts["cancelled"] or facts["contributors"] == 0:
                raise Skipped("not published; nothing was drawn with it")
            deadline = min(facts["closes_at"] + self.event["key_window"], U64)
            raise Skipped(
                f"not published yet; after {deadline} (Unix seconds) contributors take back what was held back"
            )
        if commitment(facts["key"], self.place) != facts["commitment"]:
            raise Wrong("the published key is not the one committed to")
        return f"commitment {facts['commitment'].hex()}, published {'in time' if facts['key_in_time'] else 'late'}"

    def read_tables(self):
        found, wanted = sha256(self.tables_file), self.event["tables"]
        if found != wanted:
            raise Wrong(f"the file hashes to {found.hex()} and the chain has {wanted.hex()}")
        try:
            self.tables = read_tables(self.tables_file)
        except Unreadable as why:
            raise Wrong(f"the chain's tables can't be used: {why}") from None
        return f"SHA-256 {wanted.hex()}"

    def draw(self):
        facts = self.facts
        root, leaves, key = facts["root"], facts["leaves"], facts["key"]
        if (root is None) != (leaves is None):
            raise Wrong("root and number of leaves come together, and one is missing")
        if root is None:
            if facts["beacon_signature"] is not None:
                raise Wrong("a beacon signature is stored without a root: they come together")
            if facts["contributors"] == 0:
                return "nobody contributed: nothing was to be drawn"
            raise Skipped("cancelled before the draw: no meteors" if facts["cancelled"] else "not drawn yet")
        if facts["cancelled"]:
            raise Wrong("the shower was drawn and cancelled: one excludes the other")
        if leaves != facts["contributors"]:
            raise Wrong(f"the sealed tree has {leaves} leaves for {facts['contributors']} contributors")
        if leaves == 0:
            raise Wrong("a root was sealed for nobody")
        if key is None:
            raise Skipped("needs the key: until it is published, the root is on the chain and can't be changed")
        if facts["earlier"] + leaves > U64:
            raise Wrong("too many meteors")
        seed = seed_of(key, facts["beacon_signature"], facts["log"])
        eggs = draw(seed, self.event["tiers"], self.event["eggs"], self.event["tilt_bp"], leaves)
        sizes = tier_sizes(self.event["tiers"], leaves)
        tiers = [tier for tier, size in enumerate(sizes) for _ in range(size)]
        contents, hashes = [], []
        for index, (egg, tier) in enumerate(zip(eggs, tiers)):
            number = facts["earlier"] + index + 1
            content = content_of(self.tables, seed, egg, tier, index + 1, facts["shower"], number)
            salt = salt_of(key, index)
            contents.append((content, salt))
            hashes.append(leaf_hash(self.place, index, number, content_bytes(content), salt))
        found = root_of(hashes)
        if found != root:
            raise Wrong(
                f"drawing again leads to {found.hex()}, and the operator sealed {root.hex()}: this draw was not honest"
            )
        self.contents = contents
        return f"root {root.hex()}; {sum(eggs)} eggs in {leaves} meteors"

    def check_reveals(self):
        count, facts = len(self.reveals), self.facts
        if count == 0:
            raise Skipped("no meteor was revealed")
        root, leaves = facts["root"], facts["leaves"]
        if root is None and leaves is None:
            raise Wrong(f"{count} meteors are said to be revealed, and nothing was drawn")
        if root is None or leaves is None:
            raise Skipped("depends on the step draw, which failed")
        seen = set()
        for reveal in self.reveals:
            token_id, index, content = reveal["token_id"], reveal["index"], reveal["content"]
            if token_id != facts["earlier"] + index + 1 or index >= leaves:
                raise Wrong(f"meteor {token_id} does not stand at place {index} of this shower")
            if index in seen:
                raise Wrong(f"meteor {token_id} is listed twice")
            seen.add(index)
            leaf = leaf_hash(self.place, index, token_id, content_bytes(content), reveal["salt"])
            if root_from(leaf, index, leaves, reveal["proof"]) != root:
                raise Wrong(f"what meteor {token_id} was revealed to hold does not lead to the root")
        # Where drawing again led to the root too, what leads to it is what was drawn.
        drawn = "; the draw was not recomputed" if self.contents is None else " and as drawn"
        return f"{count} of {leaves} meteors revealed, each proven to be sealed under the root{drawn}"

    def meteor(self, token_id):
        """Adds a step for one meteor, and says what is known of it."""
        known, event, facts = {"token_id": token_id, "shower": self.facts["shower"]}, self.event, self.facts

        def check():
            rank = token_id - facts["earlier"]
            if not 1 <= rank <= facts["contributors"]:
                raise Wrong(f"meteor {token_id} is not of shower {facts['shower']}")
            if is_open(facts):
                raise Skipped(OPEN)
            total, _, who = self.wallets[rank - 1]
            sizes = tier_sizes(event["tiers"], facts["contributors"])
            tier = [tier for tier, size in zip(TIERS, sizes) for _ in range(size)][rank - 1]
            at = TIERS.index(tier)
            # The meteors of the tier before this one, in all showers, cancelled ones included.
            earlier = sum(
                tier_sizes(event["tiers"], other["contributors"])[at]
                for other in event["showers"][: facts["shower"] - 1]
            )
            count = event["catalogue"][tier][0]
            if count == 0:
                raise Wrong(f"the chain's catalogue has no {tier} piece")
            piece = (earlier + rank - 1 - sum(sizes[:at])) % count
            odds = odds_of(event["tiers"], event["eggs"], event["tilt_bp"], facts["contributors"], rank)
            known.update(contributor=who, amount=str(total), rank=rank, tier=tier, piece=piece, content=None)
            known["odds"] = {"numerator": str(odds[0]), "denominator": str(odds[1])}
            stands = (
                f"rank {rank} ({tier}), {show(who)} with {total}, piece {piece} of the {tier} list, odds of an egg "
                f"{tell(odds)}"
            )
            if self.contents is None:
                raise Skipped(f"{stands}; what it holds can't be recomputed, see above")
            kind, image, traits = content = self.contents[rank - 1][0]
            known["content"] = {"kind": kind, "image": image, "traits": traits}
            shown = [reveal["content"] for reveal in self.reveals if reveal["token_id"] == token_id]
            if any(other != content for other in shown):
                raise Wrong(f"{stands}: it was revealed to hold something other than what was drawn")
            return f"{stands}: {'an egg' if kind == 'egg' else 'dust'}, {'as was' if shown else 'not'} revealed"

        self.step("meteor", ["contributions", "ranking"], check)
        return known


# ------------------------------------------------------------------------------------------------------------ Vectors


def check_vectors(data, signatures=True):
    """Every test vector that does not come out, the beacons' signatures only if asked; an empty list if all do."""
    wrong = []

    def expect(name, found, wanted):
        if found != wanted:
            wrong.append(f"{name}: {show(found)} where the vectors have {show(wanted)}")

    def bytes_of(value):
        return bytes.fromhex(value)

    vectors = parse_json(data, "the vectors")
    try:
        where = Place(vectors["id"]["chain_id"], vectors["id"]["contract"], vectors["id"]["shower"])
        log = log_start(where)
        expect("log start", log.hex(), vectors["log"]["start"])
        for row in vectors["log"]["rows"]:
            log = log_extend(log, row["seq"], row["contributor"], int(row["amount"]), int(row["total"]))
            expect(f"log after {row['seq']}", log.hex(), row["log"])
        keys = vectors["keys"]
        key = shower_key(bytes_of(keys["master"]), where)
        expect("key", key.hex(), keys["key"])
        expect("commitment", commitment(key, where).hex(), keys["commitment"])
        seed = seed_of(key, bytes_of(keys["beacon_signature"]), log)
        expect("seed", seed.hex(), keys["seed"])
        for salt in keys["salts"]:
            expect(f"salt {salt['index']}", salt_of(key, salt["index"]).hex(), salt["salt"])
        for row in vectors["streams"]:
            stream = Stream(seed, row["purpose"], row["index"])
            name = f"stream {row['purpose']} {row['index']}"
            expect(name, [str(stream.below(int(n["bound"]))) for n in row["numbers"]], [n["is"] for n in row["numbers"]])
        for row in vectors["tiers"]:
            sizes = tier_sizes(row["rule"], row["wallets"])
            issued, unissued = eggs_issued(row["eggs"], sizes)
            expect(f"tiers of {row['wallets']}", sizes, [row["sizes"][tier] for tier in TIERS])
            expect(f"eggs of {row['wallets']}", issued, [row["issued"][tier] for tier in TIERS])
            expect(f"eggs left over of {row['wallets']}", unissued, row["unissued"])
        for row in vectors["odds"]:
            for wanted in row["ranks"]:
                found = odds_of(row["tiers"], row["eggs"], row["tilt_bp"], row["contributors"], wanted["rank"])
                name = f"odds of rank {wanted['rank']} of {row['contributors']}"
                odds = wanted["odds"]
                expect(name, [str(number) for number in found], [odds["numerator"], odds["denominator"]])
                expect(f"{name} in per cent", percent(found), wanted["percent"])
        for row in vectors["draws"]:
            count = row["contributors"]
            holds = draw(bytes_of(row["seed"]), row["tiers"], row["eggs"], row["tilt_bp"], count)
            expect(f"draw of {count}", [i for i, egg in enumerate(holds) if egg], row["holds"])
        tables = read_tables(vectors["tables"].encode())
        for row in vectors["contents"]:
            tier = TIERS.index(row["tier"])
            content = content_of(
                tables, bytes_of(row["seed"]), row["egg"], tier, row["rank"], row["shower"], row["number"]
            )
            name = f"content of {row['number']}"
            expect(name, content, (row["content"]["kind"], row["content"]["image"], row["content"]["traits"]))
            expect(f"bytes of the {name}", content_bytes(content).hex(), row["bytes"])
            leaf = leaf_hash(where, row["rank"] - 1, row["number"], content_bytes(content), bytes_of(row["salt"]))
            expect(f"leaf of {row['number']}", leaf.hex(), row["leaf"])
        for row in vectors["trees"]:
            leaves = [bytes_of(leaf) for leaf in row["leaves"]]
            expect(f"root of {len(leaves)}", root_of(leaves).hex(), row["root"])
            for proof in row["proofs"]:
                index = proof["index"]
                found = root_from(leaves[index], index, len(leaves), [bytes_of(s) for s in proof["proof"]])
                expect(f"proof {index} of {len(leaves)}", found and found.hex(), row["root"])
        for row in vectors["pieces"]:
            found = piece_hash(TIERS.index(row["tier"]), row["index"], row["image"], row["traits"])
            expect(f"piece {row['index']} of {row['tier']}", found.hex(), row["hash"])
        for row in vectors["turns"]:
            found = (row["earlier"] + row["place"]) % row["count"]
            expect(f"the piece after {row['earlier']} and {row['place']}", found, row["piece"])
        for row in vectors["ranges"]:
            leaves, proof = ([bytes_of(h) for h in row[key]] for key in ("leaves", "proof"))
            found = root_from_range(leaves, row["from"], row["count"], proof)
            expect(f"range of {len(leaves)} of {row['count']}", found and found.hex(), row["root"])
        for row in vectors["beacon_rules"]:
            try:
                found = beacon_network({**row["beacon"], "public_key": bytes_of(row["public_key"])})
            except Wrong:
                found = None
            expect(f"beacon rule {row['beacon']}", found, row["network"])
        for row in vectors["rounds"]:
            found = beacon_round(row["beacon"], row["closed_at"], row["closes_at"])
            expect(f"round for {row['closed_at']}", found, row["round"])
        for row in vectors["beacons"] if signatures else []:
            try:
                check_signature(bytes_of(row["public_key"]), row["round"], bytes_of(row["signature"]))
                verifies = True
            except Wrong:
                verifies = False
            expect(f"signature of round {row['round']}", verifies, row["verifies"])
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise Unreadable(f"the vectors are not in the form of the page: {show(repr(error))}") from None
    return wrong


# ------------------------------------------------------------------------------------------------------- Command line

MARKS = {PASSED: "ok  ", FAILED: "FAIL", NOT_CHECKED: "--  "}


def say(lines, as_json):
    if not as_json:
        print("\n".join(lines), flush=True)


def main(arguments=None):
    parser = argparse.ArgumentParser(
        prog="verify_fairness.py", description="Checks that the draw of a meteor shower was fair."
    )
    parser.add_argument("source", nargs="?", help="an evidence folder, or the address of an event's API (https://…)")
    parser.add_argument("--node", metavar="URL", help="ask this node (CometBFT RPC) what the chain says")
    parser.add_argument("--contract", metavar="ADDRESS", help="with --node: the shower contract, as it was announced")
    parser.add_argument("--checksums", metavar="FILE", help="with --node: SHA-256 of the contracts' published code")
    parser.add_argument("--shower", type=int, metavar="N", help="only this shower")
    parser.add_argument("--meteor", type=int, metavar="ID", help="this meteor, with everything of its shower")
    parser.add_argument("--no-beacon", action="store_true", help="leave out the beacon's signatures")
    parser.add_argument("--json", action="store_true", help="say it as one JSON object")
    parser.add_argument("--vectors", metavar="FILE", help="check this script against the test vectors")
    options = parser.parse_args(arguments)
    try:
        if options.vectors is not None:
            return run_vectors(options)
        if options.source is None:
            raise Unreadable("say where the evidence is: a folder or the address of an event's API")
        if options.node is None and (options.contract or options.checksums):
            raise Unreadable("--contract and --checksums are for --node")
        return run(options)
    except Unreadable as why:
        if options.json:
            print(json.dumps({"ok": False, "unreadable": str(why)}))
        else:
            print(f"can't be checked: {why}", file=sys.stderr)
        return 2


def run_vectors(options):
    folder, name = os.path.split(options.vectors)
    wrong = check_vectors(Folder(folder or ".").bytes(name))
    if options.json:
        print(json.dumps({"ok": not wrong, "wrong": wrong}))
    else:
        print("\n".join(wrong) if wrong else "all test vectors come out")
    return 1 if wrong else 0


def known_checksums(path):
    """The published code's checksums by file name; those of the repository that this script lies in."""
    if path is None:
        path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "artifacts", "checksums.txt")
        if not os.path.exists(path):
            return None
    folder, name = os.path.split(path)
    text = Folder(folder or ".").bytes(name).decode("utf-8", "replace")
    found = {file: checksum for checksum, file in re.findall("(?m)^([0-9a-f]{64})  ([a-z_]+)[.]wasm\\r?$", text)}
    if not found:
        raise Unreadable(f"{path} has no checksums")
    return found


class AskingNode:
    """What the chain says instead of the source, and the steps that compare the two."""

    def __init__(self, options, source_says):
        self.node, self.options, self.source_says = Node(options.node), options, source_says
        named = Reader(source_says, "fairness.json").text("contract")
        self.contract = options.contract or named
        self.chain_says, self.config = fairness_of_the_chain(self.node, self.contract)
        read_fairness(self.chain_says)
        self.behind, self.admins = [], set()

    def facts(self):
        """The chain's facts. A shower that is open in the source stays so: its files don't have all of it."""
        theirs = dict(self.chain_says)
        ours = self.source_says["showers"]
        theirs["showers"] = [
            ours[at] if at < len(ours) and ours[at].get("beacon_round") is None and not ours[at]["cancelled"] else facts
            for at, facts in enumerate(theirs["showers"])
        ]
        return theirs

    def chain(self):
        wrong, self.behind = compare(self.source_says, self.chain_says)
        if wrong:
            raise Wrong(f"the source says what the chain doesn't: {'; '.join(wrong[:5])}")
        network, _ = self.node.status()
        told = f"{show(self.contract)}, asked of {show(self.options.node)}"
        if network != self.chain_says["chain_id"]:
            told += f"; the chain is called {show(network)} now"
        if self.options.contract is None:
            told += "; the source named this address: compare it with the one announced"
        if self.behind:
            told += f"; the source is behind with {showers(self.behind)}"
        return told

    def code(self):
        known, hatchery = known_checksums(self.options.checksums), self.config.text("hatchery")
        crack = Reader(self.node.smart(hatchery, {"config": {}}), "the hatchery's answer")
        contracts = [
            ("shower contract", self.contract, "meteor_shower"),
            ("meteors", self.config.text("meteors"), "meteor_nft"),
            ("hatchery", hatchery, "meteor_hatchery"),
            ("eggs", crack.text("eggs"), "meteor_nft"),
            ("dust", crack.text("dust"), "meteor_nft"),
        ]
        other = []
        for what, address, code in contracts:
            checksum, admin = self.node.code(address)
            if admin is not None:
                self.admins.add(admin)
            if known is not None and checksum != known.get(code):
                other.append(f"{what} {show(address)} runs other code ({checksum}) than {code}.wasm as it was published")
        if other:
            raise Wrong("; ".join(other))
        admins = ", ".join(sorted(show(admin) for admin in self.admins))
        told = f"admin: {admins or 'nobody'}"
        if known is None:
            raise Skipped(f"no checksums to compare with: give --checksums; {told}")
        return f"five contracts run the published code; {told}"


def showers(numbers):
    return ("shower " if len(numbers) == 1 else "showers ") + ", ".join(str(number) for number in numbers)


def run(options):
    is_url = re.match("https?://", options.source)
    source = Api(options.source) if is_url else Folder(options.source)
    said = parse_json(source.fairness(), "fairness.json")
    event = read_fairness(said)
    asking = None
    if options.node is not None:
        asking = AskingNode(options, said)
        event = read_fairness(asking.facts())
    chosen = event["showers"]
    if options.shower is not None:
        chosen = [facts for facts in chosen if facts["shower"] == options.shower]
        if not chosen:
            raise Unreadable(f"there is no shower {options.shower}: the event has {len(event['showers'])}")
    if options.meteor is not None:
        chosen = [facts for facts in chosen if 0 < options.meteor - facts["earlier"] <= facts["contributors"]]
        if not chosen:
            raise Unreadable(f"there is no meteor {options.meteor} in what was asked for")
    heading = [f"Meteor shower {show(event['contract'])} on {show(event['chain_id'])}"]
    if options.no_beacon:
        heading.append("WITHOUT the beacon's signatures, as asked: this says NOTHING of whether the draw was rigged by them")
    say(heading, options.json)

    whole = EventVerifier(event, source).run()
    if asking is not None:
        whole.step("chain", [], asking.chain)
        whole.step("code", [], asking.code)
    explained = set()
    say(["", "Event"] + lines_of(whole.steps, explained), options.json)
    reports, meteor = [], None
    for facts in chosen:
        verifier = Verifier(event, facts, source, beacon=not options.no_beacon).run()
        if options.meteor is not None:
            meteor = verifier.meteor(options.meteor)
        report = {"shower": facts["shower"], "paused": facts["paused"], "steps": verifier.steps}
        marks = [mark for mark in ("cancelled", "paused") if facts[mark]]
        lines = ["", f"Shower {facts['shower']}" + (f" ({', '.join(marks)})" if marks else "")]
        lines += lines_of(verifier.steps, explained)
        if asking is not None and facts["closed_at"] is not None:
            report["closing"] = asking.node.closing(facts["closed_at"])
            lines.append(f"       {'':<14} {closing_line(report['closing'])}")
        reports.append(report)
        say(lines, options.json)

    steps = [(None, step) for step in whole.steps]
    steps += [(report["shower"], step) for report in reports for step in report["steps"]]
    failures = [
        {"shower": shower, "step": step["name"], "detail": step["detail"]}
        for shower, step in steps
        if step["outcome"] == FAILED
    ]
    failure = failures[0] if failures else None
    unchecked = sum(step["outcome"] == NOT_CHECKED for _, step in steps)
    try:
        network = beacon_network(event["beacon"])
    except Wrong:
        network = None
    delay = event["beacon"]["delay"]
    stalled = [r["shower"] for r in reports if ((r.get("closing") or {}).get("after") or 0) > delay]
    answer = {
        "ok": failure is None,
        "everything_holds": failure is None and unchecked == 0 and network == "quicknet",
        "beacon": network,
        "believed": None if asking else source.said_by,
        "admins": None if asking is None else sorted(asking.admins),
        "not_checked": unchecked,
        "first_failure": failure,
        "paused": [report["shower"] for report in reports if report["paused"]],
        "stalled": stalled,
        "event": whole.steps,
        "showers": reports,
    }
    if options.json:
        if meteor is not None:
            answer["meteor"] = meteor
        print(json.dumps(answer, indent=1))
    else:
        print("\n" + conclusion(answer, len(steps)))
    return 1 if failure else 0


def lines_of(steps, explained):
    lines = []
    for step in steps:
        lines.append(f"  {MARKS[step['outcome']]} {step['name']:<14} {step['detail']}")
        if step["name"] not in explained:
            explained.add(step["name"])
            lines.append(f"       {'':<14} shows that {step['shows']}")
    return lines


def closing_line(closing):
    if closing is None:
        return "the node no longer has the block that closed it"
    words = (("before", "after the block before"), ("after", "before the block after"))
    gaps = [f"{closing[key]} s {word}" for key, word in words if closing[key] is not None]
    return f"closed in block {closing['height']}, " + " and ".join(gaps)


def conclusion(answer, steps):
    """The last line: what was found, and what it rests on."""
    failure = answer["first_failure"]
    said = []
    if failure is not None:
        where = "" if failure["shower"] is None else f"shower {failure['shower']}, "
        said.append(f"WRONG, or not the evidence of this event: {where}step {failure['step']}: {failure['detail']}.")
    elif answer["everything_holds"]:
        said.append(f"Everything holds: {steps} steps.")
    else:
        said.append(
            f"Nothing is wrong with what could be checked; {answer['not_checked']} of {steps} steps could not be, see "
            "above."
        )
    if answer["beacon"] == "test":
        said.append("The beacon is one for test chains: who holds its key knew every number ahead.")
    if answer["paused"]:
        paused = showers(answer["paused"])
        said.append(f"Contributing was paused during {paused}: whoever may pause could decide its ranking.")
    if answer["stalled"]:
        stalled = showers(answer["stalled"])
        said.append(
            f"The chain stood still at the close of {stalled}, longer than the beacon's delay: whoever closed may have "
            "known the number."
        )
    if answer["admins"]:
        said.append(f"{', '.join(show(admin) for admin in answer['admins'])} may replace the contracts' code.")
    if answer["believed"] is not None:
        said.append(f"What the chain says was believed of {answer['believed']}: --node asks the chain.")
    return " ".join(said)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(2)
