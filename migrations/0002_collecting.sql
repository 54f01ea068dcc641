-- What grouping keeps of an item, so that weeks of archive are compared without their texts.
alter table item add column sketch {bytes};

-- When a source was first asked, and since when it says that it has moved for good.
alter table source_state add column first_poll bigint;
alter table source_state add column moved_since bigint;
-- Milliseconds between two new items, as seen; and until when the server asked to be left alone.
alter table source_state add column rhythm bigint;
alter table source_state add column wait_until bigint;
-- The address that gave the validators: after a redirect it is not the one that is asked.
alter table source_state add column answered text;
-- What the last polls gave (JSON), what had to be mended in the last one (JSON), and what is odd about them.
alter table source_state add column polls text;
alter table source_state add column repairs text;
alter table source_state add column alarm text;

-- robots.txt of hosts whose pages are read; the body is null where there is none.
create table robots (
    origin text primary key,
    fetched bigint not null,
    allowed boolean not null,
    body {bytes}
);
