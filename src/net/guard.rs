//! Which addresses may be reached: private networks, this machine and other special ranges are refused.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use crate::domain::is_localhost_name;

/// True for addresses of the public internet (IANA special-purpose registries, RFC 6890).
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(address.is_unspecified()
        || a == 0
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_broadcast()
        || address.is_documentation()
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (b == 18 || b == 19))
        || a >= 240)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(inner) = address.to_ipv4_mapped() {
        return is_public_v4(inner);
    }
    let segments = address.segments();
    match segments {
        // NAT64 (RFC 6052) and 6to4 carry an IPv4 address.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => {
            let [a, b] = high.to_be_bytes();
            let [c, d] = low.to_be_bytes();
            is_public_v4(Ipv4Addr::new(a, b, c, d))
        }
        // IPv4-compatible, loopback, unspecified, NAT64 local, discard, Teredo and documentation.
        [0, 0, 0, 0, 0, 0, ..] | [0x64, 0xff9b, 1, ..] | [0x100, 0, 0, 0, ..] | [0x2001, 0 | 0xdb8, ..] => false,
        [first, ..] => (0x2000..0x4000).contains(&first),
    }
}

/// Judges a literal address in a URL: it never reaches the resolver.
pub(super) fn literal_is_allowed(url: &Url, allow_private: bool) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => allow_private || is_public_v4(address),
        Some(Host::Ipv6(address)) => allow_private || is_public_v6(address),
        Some(Host::Domain(_)) => true,
        None => false,
    }
}

/// Resolves names, and refuses those that lead to private addresses unless allowed.
#[derive(Debug)]
pub(super) struct GuardedResolver {
    pub allow_private: bool,
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let allow_private = self.allow_private;
        Box::pin(async move {
            let host = name.as_str();
            // RFC 6761 § 6.3: names under localhost are this machine, and are not asked of any server.
            let found: Vec<SocketAddr> = if is_localhost_name(host) {
                vec![SocketAddr::from((Ipv4Addr::LOCALHOST, 0))]
            } else {
                tokio::net::lookup_host((host, 0)).await?.collect()
            };
            let allowed: Vec<SocketAddr> =
                found.into_iter().filter(|address| allow_private || is_public(address.ip())).collect();
            if allowed.is_empty() {
                return Err(io::Error::new(io::ErrorKind::PermissionDenied, PRIVATE).into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

/// How a refusal is recognised in the chain of causes of a connection error.
pub(super) const PRIVATE: &str = "the name leads to a private address";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_ranges_are_not_public() {
        for private in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "0.1.2.3",
            "192.0.0.8",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fc00::1",
            "fe80::1",
            "ff02::1",
            "::ffff:10.0.0.1",
            "::ffff:127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001:db8::1",
            "::127.0.0.1",
        ] {
            assert!(!is_public(private.parse().expect("an address")), "{private}");
        }
        for public in ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:1.1.1.1", "172.32.0.1", "100.128.0.1"] {
            assert!(is_public(public.parse().expect("an address")), "{public}");
        }
    }

    #[test]
    fn odd_spellings_of_literals_are_seen_through() {
        for typed in
            ["http://0x7f.1/", "http://2130706433/", "http://[::ffff:7f00:1]/", "http://127.1/", "http://017700000001/"]
        {
            let url = Url::parse(typed).expect("an address");
            assert!(!literal_is_allowed(&url, false), "{typed}");
            assert!(literal_is_allowed(&url, true), "{typed}");
        }
    }
}
