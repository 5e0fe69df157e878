//! The parts that talk to other servers: beacon relays and the key service.

mod beacon;
mod kms;
