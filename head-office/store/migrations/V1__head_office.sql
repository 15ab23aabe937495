-- Times (…_at, at) are milliseconds since 1970 UTC; days (…_day) are days since 1970; money is in minor units; points are
-- points. `revision` counts the changes of a row: whoever changes it names the one they saw.
-- INT8, BYTES and TABLE_END are replaced by each database's own word; a line that begins with @sqlite or @postgres is for
-- that one alone.

-- The end of each chain of entries that are only ever added.
CREATE TABLE chains (
    name TEXT PRIMARY KEY,
    sequence INT8 NOT NULL,
    hash BYTES NOT NULL
) TABLE_END;
@sqlite INSERT INTO chains VALUES ('audit', 0, zeroblob(32)), ('card_records', 0, zeroblob(32));
@postgres INSERT INTO chains SELECT name, 0, decode(repeat('00', 32), 'hex') FROM (VALUES ('audit'), ('card_records')) AS chain(name);

-- Who changed what at head office.
CREATE TABLE audit (
    sequence INT8 PRIMARY KEY,
    at INT8 NOT NULL,
    who TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    was TEXT,
    became TEXT,
    hash BYTES NOT NULL
) TABLE_END;
CREATE INDEX audit_by_subject ON audit (subject, sequence);

-- What was done to cards. `became` of an issue carries its first transaction and proof.
CREATE TABLE card_records (
    sequence INT8 PRIMARY KEY,
    at INT8 NOT NULL,
    who TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    was TEXT,
    became TEXT,
    hash BYTES NOT NULL
) TABLE_END;
CREATE INDEX card_records_by_subject ON card_records (subject, sequence);

@sqlite CREATE TRIGGER audit_stays BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'entries are never changed'); END;
@sqlite CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'entries are never removed'); END;
@sqlite CREATE TRIGGER card_records_stay BEFORE UPDATE ON card_records BEGIN SELECT RAISE(ABORT, 'entries are never changed'); END;
@sqlite CREATE TRIGGER card_records_are_kept BEFORE DELETE ON card_records BEGIN SELECT RAISE(ABORT, 'entries are never removed'); END;
@postgres CREATE FUNCTION entries_stay() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'entries are never changed or removed'; END $$;
@postgres CREATE TRIGGER audit_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION entries_stay();
@postgres CREATE TRIGGER card_records_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON card_records FOR EACH STATEMENT EXECUTE FUNCTION entries_stay();

-- What holds for the whole enterprise: `enterprise`, `currency`, `card_prefix`, ….
CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    revision INT8 NOT NULL
) TABLE_END;

-- Where each count of numbers stands: `card`, `issue`, `member`, ….
CREATE TABLE counters (
    name TEXT PRIMARY KEY,
    last INT8 NOT NULL
) TABLE_END;

-- Who works at head office. `person` is who they are at terminals, whose card is their own.
CREATE TABLE officers (
    login TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    password TEXT NOT NULL,
    role TEXT NOT NULL,
    totp BYTES,
    language TEXT NOT NULL,
    active INT8 NOT NULL,
    person INT8,
    revision INT8 NOT NULL
) TABLE_END;

-- Who is signed on at the console. The token itself is in the browser alone; here is its SHA-256.
CREATE TABLE sessions (
    token_hash BYTES PRIMARY KEY,
    login TEXT NOT NULL,
    csrf TEXT NOT NULL,
    started_at INT8 NOT NULL,
    seen_at INT8 NOT NULL
) TABLE_END;

-- Tokens of programs that use the API.
CREATE TABLE api_tokens (
    token_hash BYTES PRIMARY KEY,
    label TEXT NOT NULL,
    login TEXT NOT NULL,
    made_at INT8 NOT NULL,
    revoked INT8 NOT NULL
) TABLE_END;

-- Attempts at signing on that failed, for slowing down whoever guesses.
CREATE TABLE refused_logins (
    login TEXT PRIMARY KEY,
    tries INT8 NOT NULL,
    last_at INT8 NOT NULL
) TABLE_END;

-- Versions of the enterprise control key: `making`, `current`, `previous`, `retired`. The keys themselves are elsewhere.
CREATE TABLE key_versions (
    version INT8 PRIMARY KEY,
    kcv BYTES NOT NULL,
    state TEXT NOT NULL,
    threshold INT8 NOT NULL,
    made_at INT8 NOT NULL
) TABLE_END;

-- Who holds a share of which control key, and what a true share hashes to.
CREATE TABLE key_shares (
    version INT8 NOT NULL,
    number INT8 NOT NULL,
    custodian TEXT NOT NULL,
    commitment BYTES NOT NULL,
    PRIMARY KEY (version, number)
) TABLE_END;

-- Roles that no terminal gets any more, in any version up to this one: what to do when a master may be known to others.
CREATE TABLE revoked_roles (
    role TEXT PRIMARY KEY,
    up_to INT8 NOT NULL,
    reason TEXT NOT NULL,
    who TEXT NOT NULL,
    at INT8 NOT NULL
) TABLE_END;

-- Stores, vans and distribution centres.
CREATE TABLE places (
    id INT8 PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    region TEXT NOT NULL,
    open INT8 NOT NULL,
    revision INT8 NOT NULL
) TABLE_END;

-- What terminals of one kind may do.
CREATE TABLE profiles (
    id INT8 PRIMARY KEY,
    name TEXT NOT NULL,
    roles TEXT NOT NULL,
    limits TEXT NOT NULL,
    revision INT8 NOT NULL
) TABLE_END;

-- Terminals: `planned`, `enrolled`, `lost`, `retired`. `invitation` and `answer` are the texts of the codes of an enrolment that is
-- open; `journal_key` and `bundle_key` are the device's public keys once it is enrolled.
CREATE TABLE terminals (
    id INT8 PRIMARY KEY,
    place INT8 NOT NULL,
    profile INT8 NOT NULL,
    journal_key BYTES,
    bundle_key BYTES,
    bundle_version INT8 NOT NULL,
    invitation TEXT,
    answer TEXT,
    state TEXT NOT NULL,
    enrolled_at INT8,
    revision INT8 NOT NULL
) TABLE_END;

-- Who works at terminals. `share`, `pin_key` and `next_pin_key` are sealed by the key house; the last two are what the card's
-- PIN key is and is to be, for giving it another.
CREATE TABLE people (
    id INT8 PRIMARY KEY,
    name TEXT NOT NULL,
    level TEXT NOT NULL,
    authorities TEXT NOT NULL,
    discount_percent INT8 NOT NULL,
    scope TEXT NOT NULL,
    card_uid BYTES,
    share BYTES,
    pin_key BYTES,
    next_pin_key BYTES,
    pin_version INT8 NOT NULL,
    valid_until_day INT8 NOT NULL,
    active INT8 NOT NULL,
    revision INT8 NOT NULL
) TABLE_END;

-- Collection cards, which carry data between terminals and head office.
CREATE TABLE collection_cards (
    id INT8 PRIMARY KEY,
    name TEXT NOT NULL,
    scope TEXT NOT NULL,
    card_uid BYTES,
    valid_until_day INT8 NOT NULL,
    active INT8 NOT NULL,
    revision INT8 NOT NULL
) TABLE_END;

-- Personal data, apart from everything else. `words` is what they are found by.
CREATE TABLE members (
    id INT8 PRIMARY KEY,
    name TEXT NOT NULL,
    contact TEXT NOT NULL,
    born_day INT8,
    consent_at INT8,
    merged_into INT8,
    erased INT8 NOT NULL,
    revision INT8 NOT NULL
) TABLE_END;
CREATE TABLE member_words (
    word TEXT NOT NULL,
    member INT8 NOT NULL,
    PRIMARY KEY (word, member)
) TABLE_END;
CREATE INDEX member_words_by_member ON member_words (member);
@postgres CREATE INDEX member_words_by_prefix ON member_words (word text_pattern_ops);

-- Member cards: `planned`, `writing`, `issued`, `active`, `blocked`, `replaced`, `refunded`, `expired`, `spoiled`.
CREATE TABLE cards (
    number INT8 PRIMARY KEY,
    uid BYTES,
    member INT8,
    state TEXT NOT NULL,
    tier INT8 NOT NULL,
    amount INT8 NOT NULL,
    points INT8 NOT NULL,
    expiry_day INT8 NOT NULL,
    key_version INT8,
    tmac_version INT8,
    issued_at INT8,
    batch INT8,
    replaces INT8,
    issue_sequence INT8,
    revision INT8 NOT NULL
) TABLE_END;
CREATE UNIQUE INDEX cards_by_uid ON cards (uid);
CREATE INDEX cards_by_member ON cards (member);
CREATE INDEX cards_by_issue ON cards (issued_at, number);
CREATE INDEX cards_by_state ON cards (state, number);
CREATE INDEX cards_by_batch ON cards (batch, number);
CREATE INDEX cards_by_key ON cards (key_version);

-- Balances to be set right: `asked`, `approved`, `begun`, `done`, `refused`. The card makes a correction itself.
CREATE TABLE corrections (
    id INT8 PRIMARY KEY,
    card INT8 NOT NULL,
    amount INT8 NOT NULL,
    points INT8 NOT NULL,
    reason TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    decided_by TEXT,
    state TEXT NOT NULL,
    asked_at INT8 NOT NULL,
    revision INT8 NOT NULL
) TABLE_END;
CREATE INDEX corrections_by_card ON corrections (card, id);
CREATE INDEX corrections_by_state ON corrections (state, id);

-- Cards that pay nowhere.
CREATE TABLE blocked_cards (
    uid BYTES PRIMARY KEY,
    card INT8 NOT NULL,
    reason TEXT NOT NULL,
    who TEXT NOT NULL,
    at INT8 NOT NULL
) TABLE_END;

-- What carriers brought, as it came, by its SHA-256: `waiting`, `taken`, `refused`. `first` and `last` are known once it was opened.
CREATE TABLE inbox (
    hash BYTES PRIMARY KEY,
    bytes BYTES NOT NULL,
    arrived_at INT8 NOT NULL,
    terminal INT8 NOT NULL,
    first INT8,
    last INT8,
    state TEXT NOT NULL,
    why TEXT
) TABLE_END;
CREATE INDEX inbox_by_state ON inbox (state, terminal, first);

-- Pieces of what comes over slow lines, until all are there.
CREATE TABLE pieces (
    whole BYTES NOT NULL,
    place INT8 NOT NULL,
    bytes BYTES NOT NULL,
    arrived_at INT8 NOT NULL,
    PRIMARY KEY (whole, place)
) TABLE_END;

-- How far each terminal's journal is known, and what following it goes on from.
CREATE TABLE journals (
    terminal INT8 PRIMARY KEY,
    sequence INT8 NOT NULL,
    state BYTES NOT NULL,
    last_at INT8 NOT NULL,
    contact_at INT8 NOT NULL
) TABLE_END;

-- Entries of terminals' journals, as they were written.
CREATE TABLE entries (
    terminal INT8 NOT NULL,
    sequence INT8 NOT NULL,
    at INT8 NOT NULL,
    kind INT8 NOT NULL,
    body BYTES NOT NULL,
    hash BYTES NOT NULL,
    PRIMARY KEY (terminal, sequence)
) TABLE_END;

-- Movements of cards: `begun`, `open`, `confirmed`, `not-applied`, `held`, and `happened` where a later movement told. `verdict` is the
-- verifier's: `true`, `false`, `no-key`, `no-card`, `awaited` where the terminal saw only the card's history. `reader_id` names the
-- movement as the card keeps it, `previous` the one that the card made before.
CREATE TABLE movements (
    terminal INT8 NOT NULL,
    sequence INT8 NOT NULL,
    at INT8 NOT NULL,
    card BYTES NOT NULL,
    operation INT8 NOT NULL,
    purse INT8 NOT NULL,
    points INT8 NOT NULL,
    state TEXT NOT NULL,
    verdict TEXT,
    tmc INT8,
    reader_id BYTES NOT NULL,
    previous BYTES,
    enc_tmri BYTES,
    PRIMARY KEY (terminal, sequence)
) TABLE_END;
CREATE INDEX movements_by_card ON movements (card, tmc);

-- The ledger, double entry: what each booking does to an account, debits positive. `line` counts the lines of one booking.
CREATE TABLE postings (
    terminal INT8 NOT NULL,
    sequence INT8 NOT NULL,
    line INT8 NOT NULL,
    day INT8 NOT NULL,
    store INT8 NOT NULL,
    account TEXT NOT NULL,
    amount INT8 NOT NULL,
    PRIMARY KEY (terminal, sequence, line)
) TABLE_END;
CREATE INDEX postings_by_account ON postings (account, store, day);

-- What somebody has to look into: `open`, `resolved`. There is one of a kind about one thing.
CREATE TABLE exceptions (
    kind TEXT NOT NULL,
    terminal INT8 NOT NULL,
    sequence INT8 NOT NULL,
    card BYTES,
    detail TEXT NOT NULL,
    found_at INT8 NOT NULL,
    state TEXT NOT NULL,
    resolved_by TEXT,
    reason TEXT,
    revision INT8 NOT NULL,
    PRIMARY KEY (terminal, sequence, kind)
) TABLE_END;
CREATE INDEX exceptions_by_state ON exceptions (state, found_at);

-- Batches of cards to be issued: `open`, `done`, `stopped`. A batch's lines are its cards.
CREATE TABLE batches (
    id INT8 PRIMARY KEY,
    name TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at INT8 NOT NULL,
    state TEXT NOT NULL,
    desk INT8 NOT NULL,
    revision INT8 NOT NULL
) TABLE_END;

-- What is set up for terminals: `draft`, `reviewed`, `published`, `withdrawn`. One piece of a kind and a scope at a time.
CREATE TABLE drafts (
    id INT8 PRIMARY KEY,
    kind TEXT NOT NULL,
    scope TEXT NOT NULL,
    body TEXT NOT NULL,
    author TEXT NOT NULL,
    reviewer TEXT,
    state TEXT NOT NULL,
    made_at INT8 NOT NULL,
    revision INT8 NOT NULL
) TABLE_END;
CREATE INDEX drafts_by_state ON drafts (state, id);

-- What was signed, as terminals get it.
CREATE TABLE packages (
    kind TEXT NOT NULL,
    version INT8 NOT NULL,
    scope TEXT NOT NULL,
    draft INT8,
    signed BYTES NOT NULL,
    made_at INT8 NOT NULL,
    PRIMARY KEY (kind, version)
) TABLE_END;
CREATE INDEX packages_by_scope ON packages (kind, scope, version);
