-- The life of an edition: planned, reviewed, frozen. What was written before was frozen as it was planned.
alter table edition add column frozen bigint;
alter table edition add column approved bigint;
alter table edition add column approved_by text;
alter table edition add column revision bigint not null default 0;
update edition set frozen = planned where skipped is null;

-- What people changed in a plan, in order, and what it lost by itself; nothing is ever taken out of it.
create table edition_change (
    id bigint primary key,
    edition text not null references edition (id),
    kind text not null,
    ambassador text,
    item bigint not null references item (id),
    other bigint references item (id),
    channel text,
    slot text,
    why text,
    who text not null,
    at bigint not null
);
create index edition_change_edition on edition_change (edition);

-- The ledger again: lasting contents may come back, so that one person may have an item in several editions.
alter table given rename to given_once;
create table given (
    ambassador text not null,
    item bigint not null references item (id),
    edition text not null,
    channel text not null,
    family text not null,
    at bigint not null,
    primary key (ambassador, item, edition)
);
insert into given (ambassador, item, edition, channel, family, at)
    select g.ambassador, g.item, g.edition, coalesce(s.channel, 'linkedin'), coalesce(s.angle_family, ''), g.at
    from given_once g
    left join suggestion s on s.edition = g.edition and s.ambassador = g.ambassador and s.item = g.item;
drop table given_once;
create index given_item on given (item);

-- The outbox again: the lead gets mails too, and a letter has its own time to leave.
alter table outbox rename to outbox_once;
create table outbox (
    id bigint primary key,
    edition text not null,
    kind text not null,
    ambassador text not null,
    address text not null,
    message_id text not null,
    subject text not null,
    message {bytes} not null,
    html {bytes} not null,
    state text not null,
    attempts bigint not null,
    leaves bigint not null,
    next_try bigint not null,
    reply text,
    created bigint not null,
    changed bigint not null,
    unique (edition, kind, ambassador)
);
insert into outbox (id, edition, kind, ambassador, address, message_id, subject, message, html, state, attempts, leaves,
        next_try, reply, created, changed)
    select id, edition, 'letter', ambassador, address, message_id, subject, message, html, state, attempts, created,
        next_try, reply, created, changed
    from outbox_once;
drop table outbox_once;
create index outbox_by_state on outbox (state);

-- What somebody puts off: it may come once more.
create table postponed (
    id bigint primary key,
    ambassador text not null,
    item bigint not null references item (id),
    who text not null,
    at bigint not null
);

-- Figures of a declared post, once they are known.
alter table share add column reactions bigint;
alter table share add column comments bigint;
alter table share add column reshares bigint;
alter table share add column impressions bigint;
alter table share add column measured bigint;
