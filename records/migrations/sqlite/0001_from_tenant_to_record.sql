-- Identifiers are ULIDs as text, moments are UTC milliseconds, structures are JSON as text.
-- The same tables stand in ../postgres; a query of this crate runs on both.

create table tenant (
    tenant_id text not null primary key,
    name text not null unique,
    created_at integer not null
) strict;

create table user_account (
    user_id text not null primary key,
    tenant_id text not null references tenant,
    login text not null unique,
    name text not null,
    role text not null check (role in ('clerk', 'clinician', 'administrator')),
    language text not null,
    password_hash text not null,
    active integer not null default 1 check (active in (0, 1)),
    failed_attempts integer not null default 0,
    locked_until integer,
    last_sign_in_at integer,
    created_at integer not null
) strict;
create index user_account_of_tenant on user_account (tenant_id, login);

create table session (
    session_id text not null primary key,
    user_id text references user_account,
    data text not null,
    expires_at integer not null
) strict;
create index session_by_expiry on session (expires_at);
create index session_of_user on session (user_id) where user_id is not null;

create table campaign (
    campaign_id text not null primary key,
    tenant_id text not null references tenant,
    name text not null,
    created_at integer not null,
    unique (tenant_id, name)
) strict;

create table chart (
    chart_id text not null primary key,
    tenant_id text not null references tenant,
    label text not null,
    created_at integer not null,
    unique (tenant_id, label)
) strict;

-- A file as it came in. Its bytes lie in the store of originals under sha256.
create table scan (
    scan_id text not null primary key,
    tenant_id text not null references tenant,
    campaign_id text references campaign,
    chart_id text references chart,
    sha256 text not null,
    file_name text not null,
    media_type text not null,
    bytes integer not null,
    n_pages integer not null,
    source text not null,
    received_by text references user_account,
    received_at integer not null,
    unique (tenant_id, sha256)
) strict;

-- The same bytes once more.
create table scan_duplicate (
    duplicate_id text not null primary key,
    tenant_id text not null references tenant,
    scan_id text not null references scan,
    file_name text not null,
    source text not null,
    received_by text references user_account,
    received_at integer not null
) strict;
create index scan_duplicate_of_scan on scan_duplicate (scan_id);

-- A file that was not taken in, and why.
create table refused_scan (
    refused_scan_id text not null primary key,
    tenant_id text not null references tenant,
    sha256 text not null,
    file_name text not null,
    bytes integer not null,
    code text not null,
    facts text not null,
    source text not null,
    received_by text references user_account,
    refused_at integer not null
) strict;
create index refused_scan_of_tenant on refused_scan (tenant_id, refused_scan_id);

create table page (
    page_id text not null primary key,
    tenant_id text not null references tenant,
    scan_id text not null references scan,
    chart_id text references chart,
    campaign_id text references campaign,
    number integer not null check (number >= 1),
    width integer not null,
    height integer not null,
    dpi integer,
    stage text not null,
    stage_at integer not null,
    stage_by text references user_account,
    stage_reason text,
    note text,
    patient_name text,
    priority integer not null,
    received_at integer not null,
    changed_by text references user_account,
    changed_at integer not null,
    version integer not null default 1,
    unique (scan_id, number)
) strict;
create index page_by_stage on page (tenant_id, stage, scan_id, number);
create index page_of_chart on page (tenant_id, chart_id);

create table reading (
    reading_id text not null primary key,
    tenant_id text not null references tenant,
    page_id text not null references page,
    engine text not null,
    lexicon text not null,
    orientation integer not null,
    page_text text not null,
    elapsed_ms integer not null,
    read_at integer not null
) strict;
create index reading_of_page on reading (page_id);
create index reading_by_time on reading (read_at);

-- drafted: what the program read; never changes; null if a person added the finding.
create table finding (
    finding_id text not null primary key,
    tenant_id text not null references tenant,
    page_id text not null references page,
    reading_id text references reading,
    kind text not null,
    position integer not null,
    drafted text,
    current text not null,
    surface text not null,
    candidates text not null,
    doubts text not null,
    confidence real,
    x0 integer,
    y0 integer,
    x1 integer,
    y1 integer,
    added_by text references user_account,
    added_at integer not null,
    removed_by text references user_account,
    removed_at integer,
    removed_reason text,
    changed_by text references user_account,
    changed_at integer not null,
    version integer not null default 1
) strict;
create index finding_of_page on finding (page_id, position);
create trigger finding_keeps_what_was_drafted
before update of drafted on finding when old.drafted is not new.drafted
begin
    select raise(abort, 'what was drafted never changes');
end;

create table correction (
    correction_id text not null primary key,
    tenant_id text not null references tenant,
    page_id text not null references page,
    finding_id text not null references finding,
    action text not null,
    before text,
    after text,
    reason text,
    corrected_by text not null references user_account,
    role text not null,
    corrected_at integer not null
) strict;
create index correction_of_page on correction (page_id, correction_id);
create trigger correction_is_not_changed before update on correction
begin
    select raise(abort, 'correction is append-only');
end;
create trigger correction_is_not_deleted before delete on correction
begin
    select raise(abort, 'correction is append-only');
end;

-- Committed facts. An amendment is a new row that names the one it supersedes.
create table record (
    record_id text not null primary key,
    tenant_id text not null references tenant,
    page_id text not null references page,
    finding_id text not null references finding,
    scan_id text not null references scan,
    chart_id text references chart,
    reading_id text references reading,
    page_number integer not null,
    scan_sha256 text not null,
    kind text not null,
    content text not null,
    surface text not null,
    x0 integer,
    y0 integer,
    x1 integer,
    y1 integer,
    retracted integer not null check (retracted in (0, 1)),
    reason text,
    confirmed_by text not null references user_account,
    confirmed_at integer not null,
    version integer not null,
    supersedes text unique references record,
    unique (finding_id, version)
) strict;
create index record_of_page on record (page_id);
create index record_of_tenant on record (tenant_id, record_id);
create trigger record_is_not_changed before update on record
begin
    select raise(abort, 'record is append-only');
end;
create trigger record_is_not_deleted before delete on record
begin
    select raise(abort, 'record is append-only');
end;

create table audit_event (
    event_id text not null primary key,
    tenant_id text not null references tenant,
    seq integer not null,
    at integer not null,
    user_id text,
    role text,
    action text not null,
    subject_kind text not null,
    subject_id text not null,
    page_id text,
    before text,
    after text,
    previous_hash text not null,
    hash text not null,
    unique (tenant_id, seq)
) strict;
create index audit_event_of_page on audit_event (page_id, seq) where page_id is not null;
create index audit_event_of_subject on audit_event (tenant_id, subject_id, seq);
create trigger audit_event_is_not_changed before update on audit_event
begin
    select raise(abort, 'audit_event is append-only');
end;
create trigger audit_event_is_not_deleted before delete on audit_event
begin
    select raise(abort, 'audit_event is append-only');
end;

-- The last event of each tenant's chain: what the next one is appended to.
create table audit_head (
    tenant_id text not null primary key references tenant,
    seq integer not null,
    hash text not null
) strict;

-- Jobs that were written with their page and wait to be given to the queue.
create table outbox (
    job_id text not null primary key,
    tenant_id text not null references tenant,
    kind text not null,
    page_id text not null references page,
    priority integer not null,
    created_at integer not null,
    claimed_until integer not null default 0,
    published_at integer
) strict;
create index outbox_unpublished on outbox (tenant_id, priority, job_id) where published_at is null;
create index outbox_published on outbox (published_at) where published_at is not null;
create index outbox_of_page on outbox (page_id);

-- The embedded queue. A leased job is one that is not available before its lease ends.
create table job (
    job_id text not null primary key,
    tenant_id text not null references tenant,
    kind text not null,
    page_id text not null,
    priority integer not null,
    available_at integer not null,
    lease text,
    attempts integer not null default 0,
    queued_at integer not null,
    dead_at integer,
    reason text
) strict;
create index job_waiting on job (tenant_id, kind, priority, job_id) where dead_at is null;
create index job_of_page on job (page_id);

-- Whose turn it is: the tenant that was served longest ago.
create table job_turn (
    tenant_id text not null primary key references tenant,
    served integer not null
) strict;
