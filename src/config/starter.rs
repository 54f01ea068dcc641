//! The starter configuration that `vigie init` writes, in French or English.
