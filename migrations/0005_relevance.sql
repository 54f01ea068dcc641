-- What people judged of items, and what was learnt of the archive for a line.
create table judgement (
    id bigint primary key,
    item bigint not null references item (id),
    topic text not null,
    ambassador text,
    relevant boolean not null,
    who text not null,
    at bigint not null
);
create index judgement_by_topic on judgement (topic);

create table learnt (
    line text primary key,
    at bigint not null,
    items bigint not null,
    model {bytes} not null
);
