-- One text for every engine; {bytes} is the engine's name for binary columns. Instants are unix milliseconds.

create table meta (
    key text primary key,
    value text not null
);

-- What is remembered of each source between two polls.
create table source_state (
    source text primary key,
    url text not null,
    title text,
    etag text,
    last_modified text,
    body_hash text,
    next_poll bigint not null,
    last_poll bigint,
    last_success bigint,
    last_new bigint,
    failures bigint not null,
    error_kind text,
    error text,
    gone boolean not null,
    moved_to text,
    hub text
);

create table item (
    id bigint primary key,
    seq bigint not null unique,
    story bigint not null,
    copy_of bigint,
    source text not null,
    key text not null,
    link text,
    canonical text,
    title text not null,
    authors text not null,
    categories text not null,
    published bigint not null,
    has_hour boolean not null,
    published_from text not null,
    collected bigint not null,
    language text not null,
    class text not null,
    hold_why text,
    hold_until bigint,
    html {bytes} not null,
    body {bytes} not null,
    is_full boolean not null,
    from_archive boolean not null,
    fingerprint text not null,
    tags text not null,
    tagged_by text not null
);
create index item_canonical on item (canonical);
create index item_story on item (story);
create index item_published on item (published);

-- Where an item was seen: a source and its identity there. One item may have several.
create table sighting (
    source text not null,
    key text not null,
    item bigint not null references item (id),
    first_seen bigint not null,
    primary key (source, key)
);
create index sighting_item on sighting (item);

-- What was left out, and why: nothing disappears without a reason.
create table dropped (
    source text not null,
    key text not null,
    title text not null,
    link text,
    reason text not null,
    at bigint not null,
    primary key (source, key)
);

-- Consent of people: the last line of each counts. Lines are never changed.
create table consent (
    id bigint primary key,
    ambassador text not null,
    given boolean not null,
    who text not null,
    at bigint not null
);
create index consent_ambassador on consent (ambassador);

create table edition (
    id text primary key,
    due bigint not null,
    planned bigint not null,
    skipped text
);

create table suggestion (
    id bigint primary key,
    edition text not null references edition (id),
    ambassador text not null,
    story bigint not null,
    item bigint not null references item (id),
    topic text not null,
    objective text,
    channel text not null,
    slot text not null,
    angle_family text not null,
    angle text not null,
    reasons text not null,
    easy boolean not null,
    gain double precision not null,
    unique (edition, ambassador, story)
);

-- The ledger of what people were given keeps items: merging and splitting stories changes nothing.
create table given (
    ambassador text not null,
    item bigint not null references item (id),
    edition text not null,
    at bigint not null,
    primary key (ambassador, item)
);

create table outbox (
    id bigint primary key,
    edition text not null references edition (id),
    ambassador text not null,
    address text not null,
    message_id text not null,
    subject text not null,
    message {bytes} not null,
    html {bytes} not null,
    state text not null,
    attempts bigint not null,
    next_try bigint not null,
    reply text,
    created bigint not null,
    changed bigint not null,
    unique (edition, ambassador)
);
create index outbox_state on outbox (state);

-- Posts that people declare.
create table share (
    id bigint primary key,
    ambassador text not null,
    item bigint references item (id),
    channel text not null,
    link text,
    on_day text not null,
    at bigint not null
);
create index share_ambassador on share (ambassador);
