//! The functions' zips that are bundled in this binary, so that it can deploy the lesson anywhere.

include!(concat!(env!("OUT_DIR"), "/carried.rs"));

/// The zip of a function, if this binary was built with it.
pub(crate) fn zip(function: &str) -> Option<&'static [u8]> {
    CARRIED.iter().find(|(name, _)| *name == function).map(|(_, zip)| *zip)
}
