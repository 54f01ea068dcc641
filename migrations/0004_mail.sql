-- What is inside the company: mail, library, calendar; who released what was held back.
alter table item add column released bigint;
alter table item add column waiting text;
alter table item add column marked text;

-- Items that waited for their page said so in words.
update item set waiting = 'unread' where hold_why = 'its page could not be read, so nobody knows whether it may leave';

-- How far a mailbox or a folder was read.
alter table source_state add column cursor text;

create table quarantine_release (
    item bigint not null references item (id),
    at bigint not null,
    who text not null,
    why text not null,
    note text,
    primary key (item, at)
);

-- Every message that was read, whatever came of it: where items come from, and what machines sent back.
create table mail (
    source text not null,
    key text not null,
    received bigint not null,
    mode text not null,
    says text not null,
    primary key (source, key)
);

create table mail_item (
    source text not null,
    mail text not null,
    item_key text not null,
    primary key (source, item_key, mail)
);

-- How a content of the library may be shared.
create table library (
    item bigint primary key references item (id),
    entry text not null
);

create table calendar_entry (
    source text not null,
    uid text not null,
    starts bigint not null,
    ends bigint,
    all_day boolean not null,
    title text not null,
    notes text not null,
    link text,
    categories text not null,
    primary key (source, uid, starts)
);
create index calendar_by_start on calendar_entry (starts);
