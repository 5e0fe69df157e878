//! Numbers for drawing: small whole numbers and fractions into each other.
//!
//! Only what IEEE 754 fixes to the bit is used (`+ - * /` and the root), and `libm` for sines, so a picture doesn't
//! depend on the machine's own mathematics.

/// A small whole number as a fraction: exact up to 65,535, beyond it that.
pub(crate) fn real(whole: usize) -> f32 {
    u16::try_from(whole).map_or(65_535.0, f32::from)
}

/// The nearest whole number from 0 to 255.
#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped"
)]
pub(crate) fn byte(value: f32) -> u8 {
    (value.clamp(0.0, 255.0) + 0.5) as u8
}

/// The whole part from 0 to `most`; 0 for what is no number.
#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped"
)]
pub(crate) fn whole(value: f32, most: u16) -> usize {
    usize::from(value.clamp(0.0, f32::from(most)) as u16)
}

/// From `a` to `b`, as `t` goes from 0 to 1.
pub(crate) fn mix(a: f32, b: f32, t: f32) -> f32 {
    a + (b - a) * t
}

/// 0 before `from`, 1 after `to`, smooth between.
pub(crate) fn smooth(from: f32, to: f32, value: f32) -> f32 {
    let t = ((value - from) / (to - from)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_become_whole_within_bounds() {
        assert_eq!([byte(-4.0), byte(0.4), byte(0.6), byte(300.0), byte(f32::NAN)], [0, 0, 1, 255, 0]);
        assert_eq!([whole(-1.0, 9), whole(3.9, 9), whole(70_000.0, 9), whole(f32::NAN, 9)], [0, 3, 9, 0]);
        assert!((real(512) - 512.0).abs() < f32::EPSILON && (real(usize::MAX) - 65_535.0).abs() < 1.0);
    }
}
