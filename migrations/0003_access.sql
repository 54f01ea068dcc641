-- Whether the page of an item could be read by all, as far as anybody looked.
alter table item add column access text;

-- The last good list of a source without a feed, so that what it was is known when the site is rebuilt.
create table snapshot (
    source text primary key,
    taken bigint not null,
    list {bytes} not null
);

-- When an answer broke off of which a part was kept: for a while the server is not sent for the rest.
alter table source_state add column partial bigint;
