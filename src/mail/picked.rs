//! Stories of a letter by the CSS selectors of its rule.

use scraper::{ElementRef, Html, Selector};
use url::Url;

use crate::domain::Picks;
use crate::text::{html, typography, urls};

use super::counters::is_counter;
use super::links::is_forbidden;
use super::newsletter::Story;

/// Stories taken from one letter.
const MOST: usize = 500;

/// Reads the stories that `picks` select; selectors were tried when the configuration was read.
pub fn read(markup: &str, picks: &Picks, never: &[Url]) -> Vec<Story> {
    let select = |pick: &Option<String>| pick.as_deref().and_then(|pick| Selector::parse(pick).ok());
    let Some(items) = select(&picks.items) else { return Vec::new() };
    let link = select(&picks.link).or_else(|| Selector::parse("a[href]").ok());
    let (title, text) = (select(&picks.title), select(&picks.text));
    let shown = |element: ElementRef<'_>| html::one_line(&element.text().collect::<String>());
    let document = Html::parse_document(markup);
    let story = |item: ElementRef<'_>| -> Option<Story> {
        let anchors = item.select(link.as_ref()?);
        let mut anchors = anchors.chain(link.as_ref().filter(|pick| pick.matches(&item)).map(|_| item));
        let url = anchors.find_map(|anchor| {
            let url = urls::parse_web(anchor.attr("href")?)?;
            (!is_forbidden(&url, never)).then_some(url)
        })?;
        let titled = title.as_ref().and_then(|pick| item.select(pick).next()).map(shown);
        let named = titled.or_else(|| item.select(link.as_ref()?).map(shown).find(|text| !text.is_empty()));
        let url = urls::clean(&url);
        Some(Story {
            title: typography::shorten(&named?, 220),
            opaque: is_counter(&url),
            link: Some(url),
            blurb: text.as_ref().and_then(|pick| item.select(pick).next()).map(shown).unwrap_or_default(),
            led: true,
            ..Story::default()
        })
        .filter(|story| !story.title.is_empty())
    };
    let mut seen = std::collections::HashSet::new();
    document
        .select(&items)
        .filter_map(story)
        .filter(|story| seen.insert((story.title.clone(), story.link.clone())))
        .take(MOST)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selectors_say_what_a_story_is() {
        let page = "<div class=s><b>Un</b><p>Le texte</p><a href='https://a.example/un'>Lire</a></div><div class=s><b>Deux</b>\
            <a href='https://a.example/unsubscribe'>Se désabonner</a></div>";
        let picks =
            Picks { items: Some(".s".into()), title: Some("b".into()), text: Some("p".into()), ..Picks::default() };
        let stories = read(page, &picks, &[]);
        assert_eq!(stories.len(), 1);
        assert_eq!((stories[0].title.as_str(), stories[0].blurb.as_str()), ("Un", "Le texte"));
        assert!(read(page, &Picks { items: Some(".nothing".into()), ..Picks::default() }, &[]).is_empty());
    }
}
