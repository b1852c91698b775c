-- Identifiers are ULIDs as text, moments are UTC milliseconds, structures are JSON as text.
-- The same tables stand in ../sqlite; a query of this crate runs on both.

create table tenant (
    tenant_id text collate "C" not null primary key,
    name text collate "C" not null unique,
    created_at bigint not null
);

create table user_account (
    user_id text collate "C" not null primary key,
    tenant_id text collate "C" not null references tenant,
    login text collate "C" not null unique,
    name text collate "C" not null,
    role text collate "C" not null check (role in ('clerk', 'clinician', 'administrator')),
    language text collate "C" not null,
    password_hash text collate "C" not null,
    active boolean not null default true,
    failed_attempts bigint not null default 0,
    locked_until bigint,
    last_sign_in_at bigint,
    created_at bigint not null
);
create index user_account_of_tenant on user_account (tenant_id, login);

create table session (
    session_id text collate "C" not null primary key,
    user_id text collate "C" references user_account,
    data text collate "C" not null,
    expires_at bigint not null
);
create index session_by_expiry on session (expires_at);
create index session_of_user on session (user_id) where user_id is not null;

create table campaign (
    campaign_id text collate "C" not null primary key,
    tenant_id text collate "C" not null references tenant,
    name text collate "C" not null,
    created_at bigint not null,
    unique (tenant_id, name)
);

create table chart (
    chart_id text collate "C" not null primary key,
    tenant_id text collate "C" not null references tenant,
    label text collate "C" not null,
    created_at bigint not null,
    unique (tenant_id, label)
);

-- A file as it came in. Its bytes lie in the store of originals under sha256.
create table scan (
    scan_id text collate "C" not null primary key,
    tenant_id text collate "C" not null references tenant,
    campaign_id text collate "C" references campaign,
    chart_id text collate "C" references chart,
    sha256 text collate "C" not null,
    file_name text collate "C" not null,
    media_type text collate "C" not null,
    bytes bigint not null,
    n_pages bigint not null,
    source text collate "C" not null,
    received_by text collate "C" references user_account,
    received_at bigint not null,
    unique (tenant_id, sha256)
);

-- The same bytes once more.
create table scan_duplicate (
    duplicate_id text collate "C" not null primary key,
    tenant_id text collate "C" not null references tenant,
    scan_id text collate "C" not null references scan,
    file_name text collate "C" not null,
    source text collate "C" not null,
    received_by text collate "C" references user_account,
    received_at bigint not null
);
create index scan_duplicate_of_scan on scan_duplicate (scan_id);

-- A file that was not taken in, and why.
create table refused_scan (
    refused_scan_id text collate "C" not null primary key,
    tenant_id text collate "C" not null references tenant,
    sha256 text collate "C" not null,
    file_name text collate "C" not null,
    bytes bigint not null,
    code text collate "C" not null,
    facts text collate "C" not null,
    source text collate "C" not null,
    received_by text collate "C" references user_account,
    refused_at bigint not null
);
create index refused_scan_of_tenant on refused_scan (tenant_id, refused_scan_id);

create table page (
    page_id text collate "C" not null primary key,
    tenant_id text collate "C" not null references tenant,
    scan_id text collate "C" not null references scan,
    chart_id text collate "C" references chart,
    campaign_id text collate "C" references campaign,
    number bigint not null check (number >= 1),
    width bigint not null,
    height bigint not null,
    dpi bigint,
    stage text collate "C" not null,
    stage_at bigint not null,
    stage_by text collate "C" references user_account,
    stage_reason text collate "C",
    note text collate "C",
    patient_name text collate "C",
    priority bigint not null,
    received_at bigint not null,
    changed_by text collate "C" references user_account,
    changed_at bigint not null,
    version bigint not null default 1,
    unique (scan_id, number)
);
create index page_by_stage on page (tenant_id, stage, scan_id, number);
create index page_of_chart on page (tenant_id, chart_id);

create table reading (
    reading_id text collate "C" not null primary key,
    tenant_id text collate "C" not null references tenant,
    page_id text collate "C" not null references page,
    engine text collate "C" not null,
    lexicon text collate "C" not null,
    orientation bigint not null,
    page_text text collate "C" not null,
    elapsed_ms bigint not null,
    read_at bigint not null
);
create index reading_of_page on reading (page_id);
create index reading_by_time on reading (read_at);

-- drafted: what the program read; never changes; null if a person added the finding.
create table finding (
    finding_id text collate "C" not null primary key,
    tenant_id text collate "C" not null references tenant,
    page_id text collate "C" not null references page,
    reading_id text collate "C" references reading,
    kind text collate "C" not null,
    position bigint not null,
    drafted text collate "C",
    current text collate "C" not null,
    surface text collate "C" not null,
    candidates text collate "C" not null,
    doubts text collate "C" not null,
    confidence double precision,
    x0 bigint,
    y0 bigint,
    x1 bigint,
    y1 bigint,
    added_by text collate "C" references user_account,
    added_at bigint not null,
    removed_by text collate "C" references user_account,
    removed_at bigint,
    removed_reason text collate "C",
    changed_by text collate "C" references user_account,
    changed_at bigint not null,
    version bigint not null default 1
);
create index finding_of_page on finding (page_id, position);

create table correction (
    correction_id text collate "C" not null primary key,
    tenant_id text collate "C" not null references tenant,
    page_id text collate "C" not null references page,
    finding_id text collate "C" not null references finding,
    action text collate "C" not null,
    before text collate "C",
    after text collate "C",
    reason text collate "C",
    corrected_by text collate "C" not null references user_account,
    role text collate "C" not null,
    corrected_at bigint not null
);
create index correction_of_page on correction (page_id, correction_id);

-- Committed facts. An amendment is a new row that names the one it supersedes.
create table record (
    record_id text collate "C" not null primary key,
    tenant_id text collate "C" not null references tenant,
    page_id text collate "C" not null references page,
    finding_id text collate "C" not null references finding,
    scan_id text collate "C" not null references scan,
    chart_id text collate "C" references chart,
    reading_id text collate "C" references reading,
    page_number bigint not null,
    scan_sha256 text collate "C" not null,
    kind text collate "C" not null,
    content text collate "C" not null,
    surface text collate "C" not null,
    x0 bigint,
    y0 bigint,
    x1 bigint,
    y1 bigint,
    retracted boolean not null,
    reason text collate "C",
    confirmed_by text collate "C" not null references user_account,
    confirmed_at bigint not null,
    version bigint not null,
    supersedes text collate "C" unique references record,
    unique (finding_id, version)
);
create index record_of_page on record (page_id);
create index record_of_tenant on record (tenant_id, record_id);

create table audit_event (
    event_id text collate "C" not null primary key,
    tenant_id text collate "C" not null references tenant,
    seq bigint not null,
    at bigint not null,
    user_id text collate "C",
    role text collate "C",
    action text collate "C" not null,
    subject_kind text collate "C" not null,
    subject_id text collate "C" not null,
    page_id text collate "C",
    before text collate "C",
    after text collate "C",
    previous_hash text collate "C" not null,
    hash text collate "C" not null,
    unique (tenant_id, seq)
);
create index audit_event_of_page on audit_event (page_id, seq) where page_id is not null;
create index audit_event_of_subject on audit_event (tenant_id, subject_id, seq);

-- The last event of each tenant's chain: what the next one is appended to.
create table audit_head (
    tenant_id text collate "C" not null primary key references tenant,
    seq bigint not null,
    hash text collate "C" not null
);

-- Jobs that were written with their page and wait to be given to the queue.
create table outbox (
    job_id text collate "C" not null primary key,
    tenant_id text collate "C" not null references tenant,
    kind text collate "C" not null,
    page_id text collate "C" not null references page,
    priority bigint not null,
    created_at bigint not null,
    claimed_until bigint not null default 0,
    published_at bigint
);
create index outbox_unpublished on outbox (tenant_id, priority, job_id) where published_at is null;
create index outbox_published on outbox (published_at) where published_at is not null;
create index outbox_of_page on outbox (page_id);

-- The embedded queue. A leased job is one that is not available before its lease ends.
create table job (
    job_id text collate "C" not null primary key,
    tenant_id text collate "C" not null references tenant,
    kind text collate "C" not null,
    page_id text collate "C" not null,
    priority bigint not null,
    available_at bigint not null,
    lease text collate "C",
    attempts bigint not null default 0,
    queued_at bigint not null,
    dead_at bigint,
    reason text collate "C"
);
create index job_waiting on job (tenant_id, kind, priority, job_id) where dead_at is null;
create index job_of_page on job (page_id);

-- Whose turn it is: the tenant that was served longest ago.
create table job_turn (
    tenant_id text collate "C" not null primary key references tenant,
    served bigint not null
);

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name;
end;
$$;
create trigger correction_is_not_changed before update or delete or truncate on correction
    for each statement execute function refuse_change();
create trigger record_is_not_changed before update or delete or truncate on record
    for each statement execute function refuse_change();
create trigger audit_event_is_not_changed before update or delete or truncate on audit_event
    for each statement execute function refuse_change();

create function keep_what_was_drafted() returns trigger language plpgsql as $$
begin
    if old.drafted is distinct from new.drafted then
        raise exception 'what was drafted never changes';
    end if;
    return new;
end;
$$;
create trigger finding_keeps_what_was_drafted before update on finding
    for each row execute function keep_what_was_drafted();
