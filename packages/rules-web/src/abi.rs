//! What the browser calls: three names and two buffers, in the wasm's own memory.
//!
//! The page asks `rules_input` for room, writes a call into it, calls `rules_call`, and reads as many bytes as that
//! says from `rules_output`. Nothing here follows a pointer: the page reads and writes the memory itself, so Rust has
//! nothing to trust. A call with no room asked for before is an empty one, and is answered as such.
#![allow(unsafe_code)] // For the exported names alone. There is no `unsafe` block, here or elsewhere in this crate.

use std::cell::RefCell;

use crate::answer;

thread_local! {
    static INPUT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static OUTPUT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Makes room for a call of `length` bytes and says where it is, until the next of these functions is called.
// SAFETY of the name: nothing else in the wasm has it.
#[unsafe(no_mangle)]
pub extern "C" fn rules_input(length: usize) -> *mut u8 {
    INPUT.with_borrow_mut(|input| {
        *input = vec![0; length];
        input.as_mut_ptr()
    })
}

/// Answers the call that was written. Says how long the answer is.
// SAFETY of the name: nothing else in the wasm has it.
#[unsafe(no_mangle)]
pub extern "C" fn rules_call() -> usize {
    let call = INPUT.take();
    OUTPUT.with_borrow_mut(|output| {
        *output = answer(&call);
        output.len()
    })
}

/// Where the answer is, until the next `rules_call`.
// SAFETY of the name: nothing else in the wasm has it.
#[unsafe(no_mangle)]
pub extern "C" fn rules_output() -> *const u8 {
    OUTPUT.with_borrow(Vec::as_ptr)
}
