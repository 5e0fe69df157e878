//! shower
