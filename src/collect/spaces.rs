//! The vocabularies of feeds: by their addresses, and by the prefixes that usually stand for them.

/// The vocabularies that are told apart; RSS of all versions, RDF's own elements apart, and Atom share one, since no
/// name of theirs means two things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Space {
    /// RSS, Atom, site maps, OPML: the document's own elements.
    Core,
    /// Dublin Core, and its terms.
    Dc,
    /// `content:encoded`.
    Content,
    /// Media RSS.
    Media,
    /// Podcasts (iTunes and Google Play).
    Itunes,
    /// XHTML.
    Xhtml,
    /// FeedBurner and Pheedo: the address before the redirect.
    Feedburner,
    /// RDF.
    Rdf,
    /// Syndication: how often.
    Sy,
    /// `xml:`.
    Xml,
    /// News site maps.
    News,
    /// Anything else.
    Other,
}

/// Addresses (lower case, without scheme and `www.`) that name a vocabulary; a longer one that begins so does too.
pub(super) const SPACES: [(&str, Space); 33] = [
    ("w3.org/2005/atom", Space::Core),
    ("purl.org/atom/ns", Space::Core),
    ("purl.org/net/rss1.1", Space::Core),
    ("purl.org/rss/1.0/modules/rss091", Space::Other),
    ("purl.org/rss/1.0/modules/content", Space::Content),
    ("purl.org/rss/1.0/modules/syndication", Space::Sy),
    ("purl.org/rss/1.0/modules", Space::Other),
    ("purl.org/rss/1.0", Space::Core),
    ("purl.org/echo", Space::Core),
    ("uri/of/echo/namespace", Space::Core),
    ("purl.org/pie", Space::Core),
    ("example.com/newformat", Space::Core),
    ("example.com/necho", Space::Core),
    ("backend.userland.com/rss", Space::Core),
    ("blogs.law.harvard.edu/tech/rss", Space::Core),
    ("cyber.law.harvard.edu/rss", Space::Core),
    ("my.netscape.com/rdf/simple/0.9", Space::Core),
    ("my.netscape.com/publish/formats/rss", Space::Core),
    ("channel.netscape.com/rdf/simple/0.9", Space::Core),
    ("purl.org/dc", Space::Dc),
    ("search.yahoo.com/mrss", Space::Media),
    ("itunes.com/dtds", Space::Itunes),
    ("itunes.apple.com/dtds", Space::Itunes),
    ("example.com/dtds/podcast-1.0.dtd", Space::Itunes),
    ("google.com/schemas/play-podcasts", Space::Itunes),
    ("w3.org/1999/xhtml", Space::Xhtml),
    ("w3.org/xhtml", Space::Xhtml),
    ("rssnamespace.org/feedburner", Space::Feedburner),
    ("pheedo.com/namespace/pheedo", Space::Feedburner),
    ("w3.org/1999/02/22-rdf-syntax-ns", Space::Rdf),
    ("w3.org/xml/1998/namespace", Space::Xml),
    ("google.com/schemas/sitemap-news", Space::News),
    ("sitemaps.org/schemas/sitemap/", Space::Core),
];

/// What a prefix usually stands for.
pub(super) fn usual(prefix: &str) -> Option<Space> {
    Some(match prefix {
        "xml" => Space::Xml,
        "atom" | "atom10" | "atom03" | "a10" | "rss" | "rss10" => Space::Core,
        "dc" | "dcterms" | "dct" => Space::Dc,
        "content" => Space::Content,
        "media" => Space::Media,
        "itunes" | "googleplay" => Space::Itunes,
        "xhtml" | "html" => Space::Xhtml,
        "feedburner" | "pheedo" => Space::Feedburner,
        "rdf" => Space::Rdf,
        "sy" | "syn" => Space::Sy,
        "news" => Space::News,
        _ => return None,
    })
}
