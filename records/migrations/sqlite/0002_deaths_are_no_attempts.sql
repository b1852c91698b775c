-- How often a job came back since it was last given back with a word: its worker died. Attempts
-- count what was tried and failed.
alter table job add column returns integer not null default 0;
