//! `vigie inspect`: what Vigie makes of one feed, page, article or mail, in a stable machine form. Nothing is stored.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use crate::collect::{ReadFeed, read_feed, read_list};
use crate::domain::{MailMode, MailRule, Picks, Published, RawItem};
use crate::extract::{self, Article};
use crate::mail::{self, MailItem, ReadMail};
use crate::net::{Request, Web, WebSettings};
use crate::text::{html, language, urls};

use super::output::{json as print_json, line, safe};
use super::{DONE, PARTLY};

/// Arguments of `vigie inspect`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Files, or addresses to fetch
    files: Vec<String>,
    /// Read it as this, instead of finding out
    #[arg(long = "as", value_enum, value_name = "KIND")]
    kind: Option<Kind>,
    /// Address it came from: relative links lean on it
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// Content type that came with it
    #[arg(long, value_name = "TYPE")]
    content_type: Option<String>,
    /// Many files: a file of one {"file","url","content_type"} a line
    #[arg(long, value_name = "FILE.jsonl")]
    list: Option<PathBuf>,
    /// With --as page or mail: CSS selector of each item
    #[arg(long, value_name = "SELECTOR")]
    items: Option<String>,
    /// With --as page or mail: selector of the link, inside an item
    #[arg(long, value_name = "SELECTOR")]
    link: Option<String>,
    /// With --as page or mail: selector of the title, inside an item
    #[arg(long, value_name = "SELECTOR")]
    title: Option<String>,
    /// With --as page or mail: selector of the date, inside an item
    #[arg(long, value_name = "SELECTOR")]
    date: Option<String>,
    /// With --as page or mail: selector of the short text, inside an item
    #[arg(long, value_name = "SELECTOR")]
    text: Option<String>,
    /// Let addresses be private or on this machine
    #[arg(long)]
    allow_private: bool,
    /// One object a line
    #[arg(long)]
    json: bool,
}

/// A kind of document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// RSS, Atom, RDF or JSON Feed
    Feed,
    /// The links of a web page or a site map, as a source without a feed has them
    Page,
    /// A web page read as an article
    Article,
    /// A message: alert, newsletter, bounce; also the HTML of one
    Mail,
}

#[derive(Debug, Deserialize)]
struct Listed {
    file: String,
    url: Option<String>,
    content_type: Option<String>,
}

pub(super) async fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let mut listed: Vec<Listed> = arguments
        .files
        .iter()
        .map(|file| Listed {
            file: file.clone(),
            url: arguments.url.clone(),
            content_type: arguments.content_type.clone(),
        })
        .collect();
    if let Some(path) = &arguments.list {
        let text = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
        for (number, row) in text.lines().enumerate().filter(|(_, row)| !row.trim().is_empty()) {
            match serde_json::from_str::<Listed>(row) {
                Ok(one) => listed.push(one),
                Err(error) => eprintln!("vigie: {}:{}: {error}", path.display(), number + 1),
            }
        }
    }
    if listed.is_empty() {
        bail!("name at least one file or address, or --list FILE.jsonl");
    }
    let mut code = DONE;
    for one in &listed {
        let value = inspect(one, arguments).await;
        if value.get("error").is_some() {
            code = PARTLY;
        }
        if arguments.json {
            print_json(&value)?;
        } else {
            show(&value)?;
        }
    }
    Ok(code)
}

/// Reads one document; what cannot be read is an error in the value, never a crash.
async fn inspect(one: &Listed, arguments: &Arguments) -> Value {
    let error =
        |kind: &str, message: String| json!({ "file": one.file, "error": { "kind": kind, "message": message } });
    let (bytes, url, content_type) = if urls::parse_web(&one.file).is_some() && !Path::new(&one.file).exists() {
        match fetch(&one.file, arguments.allow_private).await {
            Ok((bytes, url, content_type)) => (bytes, Some(url), content_type),
            Err((kind, message)) => return error(&kind, message),
        }
    } else {
        match std::fs::read(&one.file) {
            Ok(bytes) => (bytes, one.url.as_deref().and_then(urls::parse_web), one.content_type.clone()),
            Err(why) => return error("malformed", format!("the file cannot be read: {why}")),
        }
    };
    let typed = [&arguments.items, &arguments.link, &arguments.title, &arguments.date, &arguments.text];
    if let Some(bad) = typed.into_iter().flatten().find(|pick| scraper::Selector::parse(pick).is_err()) {
        return error("malformed", format!("“{bad}” is no CSS selector"));
    }
    let kind = arguments.kind;
    let picks = Picks {
        items: arguments.items.clone(),
        title: arguments.title.clone(),
        link: arguments.link.clone(),
        date: arguments.date.clone(),
        text: arguments.text.clone(),
    };
    let name = one.file.clone();
    // A document that makes a reader panic costs that document only.
    let reading =
        tokio::task::spawn_blocking(move || read(&name, &bytes, url.as_ref(), content_type.as_deref(), kind, &picks));
    match reading.await {
        Ok(value) => value,
        Err(_) => error("malformed", "the reader gave up on it".into()),
    }
}

async fn fetch(address: &str, allow_private: bool) -> Result<(Vec<u8>, Url, Option<String>), (String, String)> {
    let settings = WebSettings {
        at_once: 1,
        per_host: 1,
        pause: Duration::ZERO,
        timeout: Duration::from_secs(30),
        max_bytes: 15 << 20,
        contact: None,
        subscribers: 1,
    };
    let web = Web::new(settings).map_err(|error| ("machine".to_owned(), error.to_string()))?;
    let request = Request::get(address, "*/*", allow_private);
    let fetched = web.fetch(request).await.map_err(|error| (error.kind().to_owned(), error.to_string()))?;
    if fetched.status >= 400 {
        return Err((format!("http_{}", fetched.status), format!("the site answers {}", fetched.status)));
    }
    let content_type = fetched.header(&reqwest::header::CONTENT_TYPE).map(str::to_owned);
    Ok((fetched.body, fetched.url, content_type))
}

fn read(
    file: &str,
    bytes: &[u8],
    url: Option<&Url>,
    content_type: Option<&str>,
    kind: Option<Kind>,
    picks: &Picks,
) -> Value {
    let error = |kind: &str, message: String| json!({ "file": file, "error": { "kind": kind, "message": message } });
    let as_article = || match extract::extract(bytes, url, content_type) {
        Ok(article) => article_json(file, &article),
        Err(why) => error(why.kind(), why.to_string()),
    };
    if kind == Some(Kind::Article) {
        return as_article();
    }
    if kind == Some(Kind::Mail) || (kind.is_none() && looks_like_mail(file, bytes)) {
        // As of a mailbox: of what is too large the beginning is read.
        return match mail::read(&bytes[..bytes.len().min(mail::MAX_BYTES)], &mail_rules(picks)) {
            Ok(mail) => mail_json(file, &mail),
            Err(why) => error(why.kind(), why.to_string()),
        };
    }
    if kind == Some(Kind::Page) {
        return match read_list(bytes, url, content_type, picks, &TimeZone::UTC) {
            Ok(feed) => feed_json(file, &feed, url),
            Err(why) => error(why.kind(), why.to_string()),
        };
    }
    match read_feed(bytes, url, content_type, &TimeZone::UTC) {
        Ok(feed) => feed_json(file, &feed, url),
        Err(crate::collect::FeedError::Page) if kind.is_none() => as_article(),
        Err(why) => error(why.kind(), why.to_string()),
    }
}

/// A file is taken for a message by its name, or by the headers that every message has.
fn looks_like_mail(file: &str, bytes: &[u8]) -> bool {
    let named = Path::new(file).extension().is_some_and(|end| end.eq_ignore_ascii_case("eml"));
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(4 << 10)]).to_ascii_lowercase();
    let header = |name: &str| head.starts_with(name) || head.contains(&format!("\n{name}"));
    named || (header("from:") && header("subject:") && !head.trim_start().starts_with(['<', '{']))
}

/// Selectors typed are a rule for every sender.
fn mail_rules(picks: &Picks) -> Vec<MailRule> {
    let rule = MailRule { from: None, mode: MailMode::Links, picks: picks.clone() };
    picks.items.is_some().then_some(rule).into_iter().collect()
}

fn mail_json(file: &str, mail: &ReadMail) -> Value {
    let message = &mail.message;
    let item = |item: &MailItem| {
        let mut value = item_json(&item.raw, None);
        value["opaque"] = item.opaque.into();
        value
    };
    json!({
        "file": file,
        "kind": "mail",
        "mode": mail.mode.as_str(),
        "subject": message.subject,
        "from": message.from,
        "list_id": message.list_id,
        "message_id": message.id,
        "date": message.date.map(|at| at.to_string()),
        "query": mail.query,
        "feed": mail.feed,
        "notice": mail.notice,
        "attachments": message.attachments,
        "items": mail.items.iter().map(item).collect::<Vec<_>>(),
    })
}

fn feed_json(file: &str, feed: &ReadFeed, url: Option<&Url>) -> Value {
    let info = &feed.info;
    let items: Vec<Value> = feed.items.iter().map(|item| item_json(item, url)).collect();
    // A feed without a name is known by its site, and one without a site by where it is.
    let link = info.link.clone().or_else(|| url.map(Url::to_string));
    json!({
        "file": file,
        "kind": "feed",
        "feed": {
            "title": info.title.as_ref().or(info.link.as_ref()), "link": link,
            "description": info.description.as_deref().map(|markup| html::sanitise(markup, url).to_string()), "language": info.language,
            "updated": info.updated.map(|at| at.to_string()), "id": info.id,
        },
        "items": items,
        "repairs": feed.repairs,
    })
}

fn item_json(item: &RawItem, base: Option<&Url>) -> Value {
    let own = item.base.as_deref().and_then(urls::parse_web);
    let base = own.as_ref().or(base);
    let clean = |markup: &Option<String>| markup.as_deref().map(|markup| html::sanitise(markup, base).to_string());
    let text = html::to_text(item.content.as_deref().or(item.summary.as_deref()).unwrap_or_default());
    json!({
        "id": item.guid,
        "title": extract::title(item, &text),
        "link": item.link,
        "published": item.published.map(instant),
        "updated": item.updated.map(|at| at.to_string()),
        "authors": item.authors,
        "categories": item.categories,
        "summary": clean(&item.summary),
        "content": clean(&item.content),
        "text": text,
        "language": language::detect(item.language.as_deref(), &item.title, &text).code(),
        "enclosures": item.enclosures,
    })
}

fn article_json(file: &str, article: &Article) -> Value {
    let base = article.canonical_url.as_deref().and_then(urls::parse_web);
    json!({
        "file": file,
        "kind": "article",
        "title": article.title,
        "text": article.text,
        "html": html::sanitise(&article.html, base.as_ref()).as_str(),
        "authors": article.authors,
        "published": article.published.map(|date| match date.offset {
            Some(offset) => offset.to_datetime(date.published.at).to_zoned(offset.to_time_zone())
                .map_or_else(|_| instant(date.published), |local| local.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()),
            None => instant(date.published),
        }),
        "published_from": article.published.map(|date| date.published.origin.as_str()),
        "certainty": article.published.map(|date| date.published.origin.certainty()),
        "language": article.language,
        "canonical_url": article.canonical_url,
        "site": article.site,
        "image": article.image,
        "access": article.access.map(crate::domain::Access::as_str),
    })
}

/// RFC 3339, or the day alone when the hour is not known.
fn instant(date: Published) -> String {
    if date.has_hour { date.at.to_string() } else { date.at.to_zoned(TimeZone::UTC).date().to_string() }
}

fn show(value: &Value) -> anyhow::Result<()> {
    let text = |key: &str| value.get(key).and_then(Value::as_str).map(safe).unwrap_or_default();
    if let Some(error) = value.get("error") {
        let message = error.get("message").and_then(Value::as_str).unwrap_or_default();
        line(format!("{}: {}", text("file"), safe(message)))?;
        return Ok(());
    }
    if value.get("kind").and_then(Value::as_str) == Some("article") {
        line(format!("{}: an article", text("file")))?;
        for key in ["title", "published", "published_from", "language", "canonical_url", "site", "access"] {
            line(format!("  {key}: {}", text(key)))?;
        }
        line("")?;
        line(value.get("text").and_then(Value::as_str).unwrap_or_default())?;
        return Ok(());
    }
    let items = value.get("items").and_then(Value::as_array).cloned().unwrap_or_default();
    if value.get("kind").and_then(Value::as_str) == Some("mail") {
        line(format!("{}: a mail, {}, {} items", text("file"), text("mode"), items.len()))?;
        for key in ["subject", "from", "list_id", "date", "query", "feed"] {
            if !text(key).is_empty() {
                line(format!("  {key}: {}", text(key)))?;
            }
        }
        for item in items {
            let field = |key: &str| item.get(key).and_then(Value::as_str).map(safe).unwrap_or_default();
            let counter = item.get("opaque").and_then(Value::as_bool) == Some(true);
            line(format!("  - {}", field("title")))?;
            line(match field("link") {
                link if link.is_empty() => "    (told in the letter alone)".to_owned(),
                link if counter => format!("    {link}  (a counter: resolved only if the source says so)"),
                link => format!("    {link}"),
            })?;
        }
        if let Some(notice) = value.get("notice").filter(|notice| !notice.is_null()) {
            line(format!("  {notice}"))?;
        }
        return Ok(());
    }
    let title = value.pointer("/feed/title").and_then(Value::as_str).map(safe).unwrap_or_default();
    line(format!("{}: a feed, “{title}”, {} items", text("file"), items.len()))?;
    for item in items {
        let field = |key: &str| item.get(key).and_then(Value::as_str).map(safe).unwrap_or_default();
        line(format!("  {}  {}", field("published"), field("title")))?;
    }
    Ok(())
}
