//! The encodings of a page: which one a request prefers, and the bytes in it.

use std::io::Write as _;

use axum::http::header::ACCEPT_ENCODING;
use axum::http::{HeaderMap, HeaderValue};
use brotli::enc::BrotliEncoderParams;
use flate2::Compression;
use flate2::write::GzEncoder;

/// Nothing is saved below this many bytes: the answer is one packet anyway.
const WORTH_PACKING: usize = 1_000;

/// Brotli's quality for what is made while clients wait. Measured on 2026-11-26 with 100 rows of a ranking (11,138 bytes)
/// and 44 showers (20,589): gzip 6 gives 3,874 and 3,954 bytes in 0.14 and 0.11 ms, brotli 5 gives 3,590 and 3,254 in 0.15
/// and 0.20 ms, brotli 9 no less in 3.7 and 2.4 ms, brotli 11 gives 3,300 and 2,917 in 10 and 31 ms.
const QUALITY: i32 = 5;
/// Bits of its window where everything fits into it. It is slower with a larger one, and with a smaller one.
const WINDOW: i32 = 18;
/// Bits of its window for larger files.
const LARGE_WINDOW: i32 = 22;

/// How the bytes of a page are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Brotli,
    Gzip,
    /// As they are.
    Plain,
}

impl Encoding {
    /// What `Content-Encoding` says.
    pub(super) fn name(self) -> Option<HeaderValue> {
        match self {
            Self::Brotli => Some(HeaderValue::from_static("br")),
            Self::Gzip => Some(HeaderValue::from_static("gzip")),
            Self::Plain => None,
        }
    }

    /// `body` in this encoding; `None` if that saves nothing.
    pub(super) fn pack(self, body: &[u8]) -> Option<Vec<u8>> {
        if body.len() < WORTH_PACKING {
            return None;
        }
        let packed = match self {
            Self::Brotli => brotli(body),
            Self::Gzip => gzip(body),
            Self::Plain => None,
        };
        packed.filter(|packed| packed.len() < body.len())
    }
}

/// Equal bodies have equal bytes on every replica: no encoding contains a name or a time.
fn gzip(body: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 4), Compression::new(6));
    encoder.write_all(body).ok()?;
    encoder.finish().ok()
}

fn brotli(mut body: &[u8]) -> Option<Vec<u8>> {
    let lgwin = if body.len() >> WINDOW == 0 { WINDOW } else { LARGE_WINDOW };
    let params = BrotliEncoderParams { quality: QUALITY, lgwin, size_hint: body.len(), ..Default::default() };
    let mut packed = Vec::with_capacity(body.len() / 4);
    brotli::BrotliCompress(&mut body, &mut packed, &params).ok()?;
    Some(packed)
}

/// The encodings that a request accepts, the preferred one first (RFC 9110, section 12.5.3). Where it has no preference
/// the smaller answer comes first. Plain is always among them: better an answer that was refused than none.
///
/// No library: `tower-http` compresses each answer again, and `headers` has no Accept-Encoding.
pub(super) fn preferred(request: &HeaderMap) -> impl Iterator<Item = Encoding> {
    let (mut br, mut gzip, mut plain, mut rest) = (None, None, None, None);
    let values = request.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    for one in values.flat_map(|value| value.split(',')) {
        let mut parts = one.split(';').map(str::trim);
        let coding = parts.next().unwrap_or_default();
        let weight = parts.find_map(weight).unwrap_or(1_000);
        let is = |name: &str| coding.eq_ignore_ascii_case(name);
        if is("br") {
            br = Some(weight);
        } else if is("gzip") || is("x-gzip") {
            gzip = Some(weight);
        } else if is("identity") {
            plain = Some(weight);
        } else if is("*") {
            rest = Some(weight);
        }
    }
    let mut all = [
        (br.or(rest).unwrap_or(0), Encoding::Brotli),
        (gzip.or(rest).unwrap_or(0), Encoding::Gzip),
        // Any weight is better than none: who names an encoding wants it.
        (plain.unwrap_or(1).max(1), Encoding::Plain),
    ];
    all.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight)); // stable
    all.into_iter().filter(|(weight, _)| *weight > 0).map(|(_, encoding)| encoding)
}

/// The weight in thousandths, if this parameter is one. One that can't be read counts as 0: the coding is not used.
fn weight(parameter: &str) -> Option<u16> {
    let (name, value) = parameter.split_once('=')?;
    if !name.trim().eq_ignore_ascii_case("q") {
        return None;
    }
    let (whole, part) = value.trim().split_once('.').unwrap_or((value.trim(), ""));
    let digits = part.len() <= 3 && part.bytes().all(|byte| byte.is_ascii_digit());
    let places = part.bytes().zip([100, 10, 1]);
    let thousandths =
        places.map(|(digit, of)| u16::from(digit.saturating_sub(b'0')).saturating_mul(of)).sum();
    Some(match whole {
        "1" if digits => 1_000,
        "0" | "" if digits => thousandths,
        _ => 0,
    })
}

#[cfg(test)]
mod tests {
    use Encoding::{Brotli, Gzip, Plain};

    use super::*;

    #[test]
    fn requests_get_what_they_prefer() {
        let cases: [(&[&str], &[Encoding]); _] = [
            (&[], &[Plain]),
            (&[""], &[Plain]),
            (&["gzip, deflate, br, zstd"], &[Brotli, Gzip, Plain]),
            (&["gzip"], &[Gzip, Plain]),
            (&["GZIP, Br"], &[Brotli, Gzip, Plain]),
            (&["gzip", "br"], &[Brotli, Gzip, Plain]),
            (&["br;q=0.5, gzip;q=0.8"], &[Gzip, Brotli, Plain]),
            (&["br;q=0.5,gzip;q=0.501"], &[Gzip, Brotli, Plain]),
            (&["br;q=0, gzip ; Q=0.001"], &[Gzip, Plain]),
            (&["br; q=0.0, gzip;q=0.000"], &[Plain]),
            (&["*"], &[Brotli, Gzip, Plain]),
            (&["*;q=0.2, gzip"], &[Gzip, Brotli, Plain]),
            (&["gzip, *;q=0"], &[Gzip, Plain]),
            (&["identity, br;q=0.9"], &[Plain, Brotli]),
            (&["identity;q=0.5, br;q=0.9, gzip;q=0.1"], &[Brotli, Plain, Gzip]),
            (&["identity;q=0, gzip"], &[Gzip, Plain]),
            (&["br;q=x, gzip;q=2, deflate"], &[Plain]),
            (&["broken"], &[Plain]),
        ];
        for (values, expected) in cases {
            let mut request = HeaderMap::new();
            for value in values {
                request.append(ACCEPT_ENCODING, HeaderValue::from_static(value));
            }
            assert_eq!(preferred(&request).collect::<Vec<_>>(), expected, "{values:?}");
        }
    }

    #[test]
    fn packed_bytes_are_the_body() {
        use std::io::Read as _;
        let body = "☄ a meteor ".repeat(40_000).into_bytes();
        for body in [&body[..10_000], &body] {
            let mut plain = Vec::new();
            let packed = Brotli.pack(body).unwrap();
            brotli::Decompressor::new(&*packed, 4096).read_to_end(&mut plain).unwrap();
            assert!(plain == body && packed.len() < body.len() / 10);
            plain.clear();
            flate2::read::GzDecoder::new(&*Gzip.pack(body).unwrap()).read_to_end(&mut plain).unwrap();
            assert!(plain == body);
        }
        assert_eq!((Brotli.pack(&body[..999]), Gzip.pack(&body[..999])), (None, None));
        // What can't be packed is sent as it is.
        let noise: Vec<u8> = (0..2_000u32).flat_map(|n| n.wrapping_mul(0x9e37_79b9).to_be_bytes()).collect();
        assert!(Brotli.pack(&noise).is_none_or(|packed| packed.len() < noise.len()));
        assert_eq!(Plain.pack(body.as_slice()), None);
    }
}
