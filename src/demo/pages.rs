//! Pages of the bundled press: a home page and article pages with the clutter of real ones around the text.

use std::fmt::Write;

use jiff::tz::TimeZone;

use crate::domain::Language;
use crate::text::typography::{day_and_year, french};

use super::press::{Outlet, PressItem};

/// Escapes text for XML and HTML.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
    out
}

/// The body of an item as HTML.
pub(super) fn paragraphs(body: &str) -> String {
    let mut out = String::new();
    for block in body.split("\n\n").map(str::trim).filter(|block| !block.is_empty()) {
        if let Some(heading) = block.strip_prefix("## ") {
            let _ = writeln!(out, "<h2>{}</h2>", escape(heading));
        } else if block.starts_with("- ") {
            out.push_str("<ul>\n");
            for line in block.lines() {
                let _ = writeln!(out, "<li>{}</li>", escape(line.trim_start_matches("- ")));
            }
            out.push_str("</ul>\n");
        } else if let Some(quote) = block.strip_prefix("> ") {
            let _ = writeln!(out, "<blockquote><p>{}</p></blockquote>", escape(&quote.replace("\n> ", " ")));
        } else {
            let _ = writeln!(out, "<p>{}</p>", escape(&block.replace('\n', " ")));
        }
    }
    out
}

const STYLE: &str = "body{margin:0;font:18px/1.6 Georgia,serif;color:#1d2427;background:#fbfaf7}\
    header,main,footer,aside{max-width:42rem;margin:0 auto;padding:1.2rem}header a,footer a{color:#0e5160}\
    nav a{margin-right:1rem;font:15px/1.4 sans-serif}h1{line-height:1.2;font-size:2rem}h2{font-size:1.25rem}\
    .meta,.cookies,footer,aside{font:15px/1.5 sans-serif;color:#52616a}.cookies{background:#e8edee;padding:.8rem 1.2rem}\
    blockquote{border-left:3px solid #b9c7cb;margin-left:0;padding-left:1rem}\
    @media(prefers-color-scheme:dark){body{background:#141a1d;color:#e3e9ea}header a,footer a,a{color:#93ced9}\
    .cookies{background:#203035}}";

fn frame(outlet: &Outlet, title: &str, head: &str, main: &str) -> String {
    let t = |fr: &'static str, en: &'static str| outlet.language.pick(fr, en);
    format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{} | {}</title>\n{head}\
         <style>{STYLE}</style>\n</head>\n<body>\n<div class=\"cookies\">{}</div>\n<header><nav>\
         <a href=\"/\"><strong>{}</strong></a><a href=\"/\">{}</a><a href=\"{}\">{}</a></nav></header>\n{main}\
         <footer><p>© {} – {}</p></footer>\n</body>\n</html>\n",
        outlet.language,
        escape(title),
        escape(&outlet.title),
        t("Ce site fictif ne dépose aucun cookie.", "This fictional site sets no cookie."),
        escape(&outlet.title),
        t("À la une", "Latest"),
        outlet.path,
        t("Flux", "Feed"),
        escape(&outlet.title),
        t("Titre fictif, écrit pour la démonstration de Vigie", "A fictional title, written to demonstrate Vigie"),
    )
}

/// The home page of an outlet.
pub(super) fn home(outlet: &Outlet) -> String {
    let mut list = format!("<main><h1>{}</h1><p>{}</p><ul>\n", escape(&outlet.title), escape(&outlet.description));
    for item in &outlet.items {
        let _ =
            writeln!(list, "<li><a href=\"/{}\">{}</a></li>", item.slug, escape(&set(&item.title, outlet.language)));
    }
    list.push_str("</ul></main>\n");
    let head = format!("<link rel=\"alternate\" href=\"{}\" title=\"{}\">\n", outlet.path, escape(&outlet.title));
    frame(outlet, &outlet.description, &head, &list)
}

/// The page of one item, as served at `port`.
pub(super) fn article(outlet: &Outlet, item: &PressItem, port: u16) -> String {
    let address = format!("http://{}:{port}/{}", outlet.host, item.slug);
    let day = day_and_year(item.published.to_zoned(TimeZone::UTC).date(), outlet.language);
    let linked = serde_json::json!({
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": item.title,
        "datePublished": item.published.to_string(),
        "author": [{ "@type": "Person", "name": item.author }],
        "publisher": { "@type": "Organization", "name": outlet.title },
        "inLanguage": outlet.language.code(),
    });
    // "<" is escaped so that nothing in the data can end the script element.
    let linked = linked.to_string().replace('<', "\\u003c");
    let head = format!(
        "<link rel=\"canonical\" href=\"{address}\">\n<meta property=\"og:title\" content=\"{}\">\n\
         <meta property=\"og:site_name\" content=\"{}\">\n<meta property=\"article:published_time\" content=\"{}\">\n\
         <script type=\"application/ld+json\">{linked}</script>\n",
        escape(&item.title),
        escape(&outlet.title),
        item.published,
    );
    let by = outlet.language.pick("Par", "By");
    let mut main = format!(
        "<main><article>\n<h1>{}</h1>\n<p class=\"meta\">{by} {} · <time datetime=\"{}\">{day}</time></p>\n{}</article></main>\n",
        escape(&set(&item.title, outlet.language)),
        escape(&item.author),
        item.published,
        set_html(&paragraphs(&item.body), outlet.language),
    );
    let others = outlet.items.iter().filter(|other| other.slug != item.slug).take(3);
    let also = outlet.language.pick("Lire aussi", "Read next");
    let _ = write!(main, "<aside><h2>{also}</h2><ul>");
    for other in others {
        let _ = write!(main, "<li><a href=\"/{}\">{}</a></li>", other.slug, escape(&other.title));
    }
    main.push_str("</ul></aside>\n");
    frame(outlet, &item.title, &head, &main)
}

fn set(text: &str, language: Language) -> String {
    crate::text::typography::set(text, language)
}

fn set_html(html: &str, language: Language) -> String {
    match language {
        Language::French => html.lines().map(french).collect::<Vec<_>>().join("\n"),
        _ => html.to_owned(),
    }
}
