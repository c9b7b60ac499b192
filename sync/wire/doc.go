// Package wire is all that crosses the network between a room's kiosk and the
// central server ("the centre"): days, hours and numbers. Its types can hold no
// name, no card and no person.
//
// The way through: a kiosk fills a [Request] with [Cell]s, and an [Envelope] signs
// its bytes; the receiver verifies them, reads them with [Decode] and checks each
// cell by [Cell.Check]. What comes back is an [Answer], or a [Refusal]. Pairing is a
// [PairRequest] and its [PairAnswer]. What is counted, and over which periods, is
// in package count.
//
// The rest of this comment is the whole protocol: a client in any language can be
// written from it and nothing else.
//
// # Two exchanges
//
// Both are an HTTP POST of one JSON body over TLS; plain HTTP is for loopback
// only. A redirect is never followed.
//
//	POST /v1/pair   who am I? until a coordinator has typed the kiosk's code
//	POST /v1/sync   these are my numbers, this is how I am doing
//
// Each side has an Ed25519 key (RFC 8032, no context, no prehash) that it makes
// once. The signatures and not TLS say who speaks: a captive portal, a proxy or
// a wrong server can answer, but it cannot acknowledge.
//
// # Headers
//
// A request has four headers of ours, each once, beside Content-Type:
// application/json.
//
//	Inloop-Kiosk      the id from pairing, ^[A-Za-z0-9_-]{1,64}$; "-" on /v1/pair
//	Inloop-Key        the first 8 bytes of SHA-256(public key), 16 hex digits
//	Inloop-Nonce      16 random bytes, 32 hex digits, fresh for each new request
//	Inloop-Signature  64 bytes, standard base64 with padding
//
// An answer has Inloop-Signature alone. Hex is lower case everywhere.
//
// # What is signed
//
// For a request seven lines, for an answer four, each ended by one LF (0a):
//
//	inloop-request-1            inloop-answer-1
//	method: POST                HTTP status, decimal: 200
//	path: /v1/sync              hex SHA-256 of the seven lines of the request
//	Inloop-Kiosk                hex SHA-256 of the answer's body
//	Inloop-Key
//	Inloop-Nonce
//	hex SHA-256 of the body
//
// The body is hashed as sent: no line end is added, nothing is reformatted. An
// answer so fits one request only. On /v1/sync the request is verified with the
// public key that was paired under Inloop-Kiosk, and the answer with the server
// key learned at pairing; Inloop-Key must be that key's. On /v1/pair each is
// verified with the key that its own body carries. The centre signs every
// answer to a request whose signature it has verified, refusals too. Unsigned
// are 401, a refusal of a body that was not read to its end or of a request
// there was no room for, 404, 405 and 415 (another path, another method than
// POST, a compressed body), and whatever a proxy says.
//
// # JSON
//
// UTF-8, one value, nothing after it but white space. Names are spelled exactly
// as here and stand once. A field not described here, a field that is missing
// and not marked optional, a null where none is allowed, a number with a
// fraction or an exponent: each makes the whole body malformed. A missing
// optional field reads as "", 0 or no time. Times are RFC 3339, section 5.6;
// write them in UTC, with Z. Integers are at most 2^53-1.
//
// # POST /v1/pair
//
// A kiosk that knows no centre asks every few seconds until it is paired.
// Request:
//
//	version      integer, 1
//	public_key   the kiosk's public key: 32 bytes, standard base64
//
// Answer, 200:
//
//	version      integer, 1
//	time         the centre's time
//	state        "waiting" or "paired"
//	server_key   the centre's public key: 32 bytes, standard base64
//	code         waiting only: ^[0-9A-Z]{4}-[0-9A-Z]{4}$, shown at the kiosk
//	expires      waiting only: when the code ends, at most 10 minutes after time
//	interval     waiting: seconds after which to ask again, 1 to 60; else optional
//	kiosk        paired only: the id to be sent in Inloop-Kiosk from now on
//	room         paired only: the room's name, 1 to 80 printable characters
//
// The coordinator types the code at the centre. Both sides then show the
// kiosk's fingerprint, which is the text of Inloop-Key, for two people to
// compare. The kiosk trusts the first server_key it met while pairing (TLS
// vouches for it at that moment) and no other from then on. Asking again once
// paired gives the same id again, and a new code when that was revoked; there
// are no tokens and no replays here.
//
// # POST /v1/sync
//
// Request:
//
//	version         integer, 1 or 2
//	epoch.ordinal   integer, 1 to 1000000: which generation of the room's database
//	epoch.id        16 random bytes made with the epoch, 32 hex digits
//	seq             integer, 1 to 2^53-1: grows with each new request; for the log
//	token           next_token of the last answer in this epoch, "" for its first
//	resume          optional, version 2 only: the resume of the refusal that the
//	                request before got, ^[A-Za-z0-9_-]{16,64}$: see Coming back
//	undated         optional, version 2 only: list of at most 16: see below
//	undated[].from  optional: a day, "2026-11-24": before it the visits were not
//	undated[].to    optional: a day, not before from: after it they were not
//	undated[].n     integer, 1 to 100000: how many visits
//	lost            optional, version 2 only: list of at most 16: days of which visits
//	                may be missing, because a backup was put back
//	lost[].from     a day
//	lost[].to       a day, not before from
//	compare         optional, version 2 only: what it believes that the centre
//	                holds of a stretch of cells, see Comparing
//	compare.epoch   integer, 1 to epoch.ordinal
//	compare.after   optional: the stretch begins with the first period after it
//	compare.until   optional: and ends with it, both written as periods are
//	compare.sum     16 hex digits
//	pool            optional, version 2 only: see Counting together
//	clock.time      the kiosk's time
//	clock.trust     0 unknown, 1 bounded, 2 anchored, 3 confirmed by hand
//	lights          list of at most 16: how the kiosk is doing
//	lights[].part   "reader", "store", "clock", "disk" or "sync"
//	lights[].colour "green" counted, "orange" counted but needs care, "red" not counted
//	lights[].reason optional: one of the reasons below
//	cells           list of at most 200, may be empty: see below
//
// Undated are the visits whose day nobody knows yet, because the kiosk's clock did
// not, and those on a day that a clock alone has told and a volunteer is asked about.
// They are in no cell, or in one of a wrong day. A centre calls no day whole of which
// they can be, and tells their number beside each figure that may lack them. Each
// request of version 2 has all there are: without the field there are none. They are
// told as they were when cells were released last: see What is sent when.
//
// The reasons are reader.gone, reader.fault, reader.none, reader.starting,
// store.starting, store.locked, store.broken, store.full, store.unsaved,
// store.readonly, clock.unsure, disk.low, sync.waiting, sync.offline,
// sync.refused, sync.forked and sync.revoked. Version 2 adds reader.unread,
// reader.stalled, reader.nonode, reader.denied, store.key, store.gone,
// store.absent, store.mended, store.missing, store.unread, clock.undated,
// clock.centre, disk.backup, sync.unknown and sync.pool.
//
// A kiosk writes the newest version that it knows, and after a signed 426 version
// 1 for a day. An answer has the version of its request.
//
// Answer, 200:
//
//	version          integer, that of the request
//	time             the centre's time
//	results          a list: one for each cell, in the request's order
//	results[].status "accepted": held at this rev, from now on or already;
//	                 "stale": a higher rev is held; or "rejected"
//	results[].rev    stale only: the revision that the centre holds
//	results[].code   rejected only: one of the codes below
//	rev              the highest revision held from this kiosk in any epoch, or 0
//	next_token       ^[A-Za-z0-9_-]{16,64}$, for the next request
//	interval         seconds, 1 to 86400: when to report again, news or none; see
//	                 below how it is followed
//
// # When a kiosk reports
//
// Who watches a room's network may not learn from it when people come. So a kiosk
// reports on a grid, changed or not: whenever its clock, in Unix seconds modulo
// 900, is at an offset of its own, which is SHA-256 of its public key, read as one
// big-endian number, modulo 900. Of an interval above 900 it makes whole steps of
// 900, upwards, and skips the points between; one of 900 or less, such as the 300
// of older centres, changes nothing. Between points it reports only for what no
// visitor does: at its start, once paired, when a light has turned red (ten
// seconds later, and at most once a minute), when a request found no answer, and
// at once for the rest of what more than one request takes, or of a gap.
//
// # What is sent when
//
// Nor may who reads the requests learn more of when people come than the part of the
// day. So a cell leaves the room when what it counts has ended, and no tap changes a byte
// before that. The kiosk counts into numbers of its own and releases cells, each with the
// number that it has then and the next revision, ordered by period, measure and part:
//
//   - those of a part of a day once the next part has begun, all measures, zeros too;
//   - those of the whole day, and of its last part, once a host has said that the room is
//     closed, or five minutes after the last planned closing; on a day without hours after
//     midnight;
//   - those of a month, a quarter or a year in the days after its end;
//   - what was corrected since, and what came after closing, with the next of these, or
//     after midnight.
//
// They go with the first request on the grid after that. A cell that says again what it
// said is not released again. Of a day nothing is released that is more than one after
// that of the last signed answer, and of a longer period nothing before an answer of a
// later day: so a clock that is ahead tells nothing of days to come. After a gap the
// first request holds what is up to the day after the last answer, and the rest follows
// at once. A kiosk whose clock is more than forty days after the last answer releases
// nothing before a new one; and one signed time that lies so far ahead of the last day
// that it knows is not believed before another agrees, 24 hours of the same boot later.
//
// Lights tell of the kiosk, and turn by themselves, but for those that one card can turn,
// which are told when they stood all through a part of the day.
//
// # Cells
//
// A cell is one number of the room: the whole count, never a difference.
//
//	epoch     integer, 1 to the request's epoch.ordinal: where it was counted
//	period    "2026-11-24", "2026-11", "2026Q4" or "2026", a real date, from 2000 to 2099
//	measure   one of the table below
//	part      "ochtend", "middag" or "avond" for a measure by part, else left out
//	n         integer, 0 to 100000; null withdraws a cell of class B or C, and says
//	          of volunteers and volunteer_minutes that nobody filled them in
//	rev       integer, 1 to 2^53-1: given when the cell is released, each above all before
//
// The centre holds one number for each (epoch, period, measure, part) and takes
// a cell when its rev is above the one it holds; so cells may come twice, late
// and in any order. At an equal rev the number that came first stands; of two
// cells for one number in a request the one with the higher rev is taken.
//
//	measure        class  by part  period
//	badge_visits   A      yes      day
//	guests         A      yes      day
//	guests_0_11    A      yes      day
//	guests_12_17   A      yes      day
//	guests_18_64   A      yes      day
//	guests_65      A      yes      day
//	assumed        A      yes      day
//	open           A      no       day                     0 or 1
//	opened         A      no       day                     0 or 1
//	planned_parts  A      no       day                     0 to 3
//	open_parts     A      no       day                     0 to 3
//	planned_minutes    A  no       day                     0 to 1500
//	open_minutes   A      no       day                     0 to 1500
//	volunteers     A      no       day                     or null: not filled in
//	volunteer_minutes  A  no       day                     or null: not filled in
//	activities     A      no       day
//	activity_visits    A  no       day
//	referred       A      no       day
//	unique         B      no       month, quarter, year
//	new            B      no       month, quarter, year
//	known          B      no       month, quarter, year
//	regular        B      no       quarter, year
//
// Visits in total are badge_visits + guests. Each band guests_… and the guests
// of unknown age are within guests, and assumed is within badge_visits. Class A
// by part of the day adds up over epochs; of class A that is not by part the largest
// number of the epochs counts, but of open the newest; of B and C the newest epoch's
// number counts alone.
//
// Version 1 has none from opened to referred, no known and no regular, and had
// reactivated and returning (class B, not by part, of a month, quarter or year). A kiosk holds back, for as long as it
// writes version 1, what that version has no name for. A centre answers "accepted" to
// what a version 1 request has of a measure that is counted no more, keeps nothing of
// it, and counts its rev among those held; in version 2 it is bad_measure.
//
// A cell is checked by itself: the others of its request are taken. A rejected
// one is offered again at this rev when its reason has passed: future when an
// answer's time has come to the period, and any other when an answer has other
// rules than before. An answer of version 1 has none; then bad_measure, which an
// upgrade of the centre may mend, is offered again when the kiosk starts and once a
// day. The code is the first of
//
//	bad_measure  no measure of the table
//	bad_period   no calendar period, or none that the measure is counted over
//	bad_epoch    below 1 or above the request's epoch.ordinal
//	bad_part     a part for a measure without parts, or none for one with
//	bad_rev      below 1 or above 2^53-1
//	bad_count    below 0, above 100000, above what the table says, or null where it does not say so
//	future       the period begins more than a day after today in the rooms
//
// # Epochs, revisions and tokens
//
// An epoch is one generation of the room's database. A database that was restored,
// salvaged or moved begins a new one: ordinal + 1, a new random id, token "".
// Its revisions go on above the answer's rev. A kiosk that is told a rev above
// its own raises its counter to it before it counts on.
//
// A database keeps its key through all its epochs. Another key in the same room
// is another database, whose counts are added to those that are there. A kiosk
// that was told 403, or 401 again and again, is set going again by a person: it
// forgets pairing, token and the request on its way, and asks on /v1/pair. Paired
// again it stays in its epoch and sends all its cells, each under the epoch and
// the revision that it has; those that are held change nothing.
//
// The token orders the requests of an epoch and finds two holders of one key.
// The centre remembers for each kiosk the token it gave last, and of the last
// request that it answered with 200 the body and the answer's body. A request is
//
//   - new, when it carries the token given last in this epoch, or "" as the
//     kiosk's first request or in an epoch of a higher ordinal: it is taken,
//     answered, and its token spent;
//   - a replay, when its body is that of the last answered request: it changes
//     nothing and gets that answer again, its time included. Under the same
//     nonce that is the very same answer, byte for byte, signature and all;
//   - a new one with a resume, in version 2: see Coming back;
//   - a fork, when it is neither: 409, and nothing changes.
//
// A kiosk therefore remembers nonce and body before they leave, and sends those
// very bytes again, after a lost answer as after a crash, until a signed answer
// has come. Then it takes as sent the revisions that the request held; what
// changed meanwhile is still to be sent. A refused request spends no token.
//
// # Coming back
//
// Either side may have been put back from a backup, or a card from a drawer. Then
// tokens do not fit, though nobody else holds the key. In version 2 a 409 has,
// beside error and hint, how far the centre has come with the kiosk:
//
//	resume  optional: to be sent in the next request; left out when a person
//	        must say who goes on
//	behind  optional, 1: the token is that of who was left behind when another
//	        holder of the key began anew
//	epoch   optional: the last epoch that it knows, as in a request
//	seq     of the last request that it took in that epoch
//	rev     the highest revision that it holds
//
// The kiosk compares this with what signed answers had told it, and mends:
//
//   - the centre knows an epoch that the kiosk does not, or holds a higher rev than
//     it had said, or took later requests: the kiosk was put back. It begins an
//     epoch above the centre's, and counts into it only what it counted since;
//   - the centre holds a lower rev than it had said, or knows less of the epoch: the
//     centre was put back. In the same epoch all above its rev is sent again;
//   - behind is 1: nothing is mended, the request alone goes again.
//
// The next request has the resume. Nobody can know it who was not answered just
// now, and it ends with the token that was given last: so a late copy of an old
// request can neither go on nor spend anything, and marks nothing. Two holders of
// one key are told only when both live: when the one left behind sends a resume as
// well. Then a person says at one of the two that it goes on, and it begins an
// epoch above the last.
//
// The first request to a centre that has answered before, with no token, holds no
// cells: its answer's rev tells whether the room was put back before any of its
// numbers could say zero of days that it does not know.
//
// # Comparing
//
// What was taken may still be lost or changed, on either side: a disk that errs, a
// hand in a database. So in version 2 a kiosk compares all of its cells with the
// centre's once a day, a stretch in each request that leaves anyway and brings all
// that is unsent. A stretch is the cells of an epoch and of a row of periods, ordered
// as texts; those of an epoch go from the first to the last without a gap. The sum is
// the first 8 bytes of SHA-256, in hex, of a line for each cell, ordered by period,
// measure and part, each ended by one LF (0a), with one space between
//
//	period measure part n rev
//
// where part may be empty and n is - for a cell without a number. The kiosk leaves
// out cells that were refused. The centre takes the request's cells and then compares
// the sum with that of what it holds:
//
//	same      it is the same
//	listed    it is not, and held has the stretch as it is, of up to 200 cells
//	differs   it is not, and it is of more than that; the kiosk's next requests
//	          compare its halves
//
// The centre changes nothing for it. The kiosk sends the cells that differ as
// ordinary cells: at the rev that they have where the centre holds a lower one or
// none; where another number stands at that rev or a higher one, under a rev above
// both. Of an epoch after which a backup was put back the centre may know better:
// there a higher rev stands, and the days from the backup on are not compared.
//
// # Counting together
//
// What people answered is told of all rooms of an organisation together and of no
// single one, once for each quarter and year, for ever. Rooms mask their numbers with
// secrets that cancel in the sum (after Bonawitz et al., Practical Secure Aggregation,
// 2017). One of them, the teller, adds up, judges and rounds; the centre carries what
// it cannot read. This goes in fields of version 2, pool, in the requests that a kiosk
// makes anyway and in their answers. Hex and base64 are as above.
//
// A period is a quarter, "2026Q3", or after the fourth one it and its year,
// "2026Q4+2026". Days count from 1, the first after the period, in the rooms' zone.
//
// In a request:
//
//	pool                   optional; a kiosk that can count together always sends it
//	pool.known             optional: pool.hash of the lists that it holds
//	pool.ready             optional: from day 8, until an answer says that the set is fixed
//	pool.ready.period
//	pool.ready.key         an X25519 public key made for this period, hex
//	pool.ready.counts      true or false: false with under 60 % of the visits by badge
//	pool.ready.signature   base64: Ed25519, by the kiosk's key, of the ready text
//	pool.share             optional: a member's, until an answer says shares or later
//	pool.share.period
//	pool.share.set         the set's hash, hex
//	pool.share.vector      hex, see Masks
//	pool.share.tag         hex, see Masks
//	pool.result            optional: the teller's, until it stands in pool.results
//	pool.result.period
//	pool.result.set        the set's hash, hex
//	pool.result.cells      a list: period, measure, state "shown", "small" (under 8) or
//	                       "withheld", and n, 0 to 2147483652, with shown alone
//	pool.result.reasons    a list: "" or "too_few" for each group of cells
//	pool.result.signature  base64: Ed25519, by the teller's key, of the result text
//
// In the answer to such a request, and to no other:
//
//	pool.organisation      its id, ^[A-Za-z0-9_]{1,64}$
//	pool.hash              hex: SHA-256 of [peers,results] as they are sent, an absent
//	                       list written []; for the kiosk a mark and no more
//	pool.peers             optional, and results too: left out when the kiosk knows this
//	                       hash. A list: kiosk, room and identity (Ed25519 key, hex) of
//	                       each other paired kiosk of the organisation
//	pool.results           optional list of the last 8 periods: result, teller (identity),
//	                       date (the day on which it came), rooms (members that count),
//	                       due (rooms that were due)
//	pool.round             optional: the round that is or was last
//	pool.round.period
//	pool.round.state       "ready", "open", "shares", "done" or "failed"
//	pool.round.members     with open, and for the teller with shares: a list, strictly
//	                       ascending by identity, of at most 100: kiosk, room, identity,
//	                       and key, counts and signature of its ready
//	pool.round.shares      with shares, for the teller alone: a list of kiosk, vector, tag
//
// The centre fixes the set once every room that is due is ready, on day 15 of whoever
// is, or as soon after as those that count are half of the due rooms and two (one where
// there is but one). Due is who was paired before the period began. A set never changes;
// of a kiosk and period the first ready stands and no other, and the first share. When
// all members but the teller have sent theirs, the state is shares; with the result it
// is done, the shares are deleted and the result is in the list of every kiosk. After
// day 36, or day 80 with a year, it has failed. An answer that is given again to the same
// request lacks the round where that had shares.
//
// A kiosk answers for one set of a period, once, for ever: whatever else it is asked,
// with another set or under another organisation, it refuses, and so it does when
//
//   - the period is not the newest that has ended, or day 8 has not come by its own
//     trusted clock and by the time of the last signed answer, or the deadline is past;
//   - its own identity, key or counts are not in the set as they are;
//   - a member was never in its list of peers, came into it after the period's end, or
//     was set aside by a volunteer; or the members are not strictly ascending;
//   - the signature of a member's ready does not verify;
//   - the members that count are fewer than half of the rooms on its own list that were
//     on it when the period began, itself among them (one that left the list stays for
//     a quarter), or fewer than two although it knows another;
//   - the organisation's id is not the one that it first used, until a person accepts it;
//   - as teller: the shares are not those of exactly the other members, or a tag is wrong.
//
// Texts that are signed or hashed have a line for each of these, ended by one LF (0a);
// keys are in hex:
//
//	ready text      inloop-pool-ready-1, organisation, period, kiosk, X25519 key; and
//	                "no" where counts is false
//	set             SHA-256 of inloop-pool-set-1, organisation, period, and for each
//	                member, ascending by identity: kiosk, identity and key with a space
//	                between
//	teller          the member with the lowest SHA-256 of inloop-pool-teller-1,
//	                organisation, year of the quarter, identity
//	result text     inloop-pool-result-1, organisation, period, hex hash of the set, and
//	                for each cell: quarter or year, measure, and n, "<" (small) or "-"
//	                (withheld), with a space between
//
// # Masks
//
// A room's vector is m items, then m rounding parts, each a number of 64 bits, big-endian,
// added modulo 2^64. The items of a quarter are reach_n, reach_a, reach_k: persons with a
// visit, those who answered, those with few contacts. With a year there follow, of it,
// reach_n, reach_a, reach_k, back_n, back_k, habit_n, habit_k, route_neighbour,
// route_doctor, route_district_team, route_flyer, route_walked_in, route_not_said, slip_n,
// slip_outside_yes, slip_outside_no, slip_help_yes, slip_help_no, slip_rooms_1,
// slip_rooms_2, slip_rooms_3. Where fewer than 5 answered, reach_a and reach_k are 0; a
// member whose counts is false has 0 in all items.
//
// An item's rounding part is the first 8 bytes, big-endian, of HMAC-SHA256(a key of the
// room's own that outlives restores, "inloop-pool-round-1|<organisation>|<measure>"),
// modulo 5. So the sum of all parts modulo 5, u, is known to no room and is the same in
// every period while the set is.
//
// For each pair of members, with s the X25519 shared secret (all zero: the set is
// refused) and h the set's hash:
//
//	prk   HKDF-Extract(SHA-256, secret s, salt h)
//	mask  HKDF-Expand(prk, "inloop-pool-mask-1|" lower identity "|" higher, 16·m bytes)
//	tag   HMAC-SHA256(HKDF-Expand(prk, "inloop-pool-tag-1", 32 bytes), kiosk LF vector)
//
// with identities in hex. The lower identity adds the mask's numbers to its vector, the
// higher subtracts them; the sum over all pairs is the share. Its tag is by the prk of
// the sender and the teller, over the sender's kiosk id and the bytes of the share.
//
// The teller adds the shares and its own masked vector. An item of 2^31 or more is
// refused. round(v, u) takes v down to a multiple of 5, or up when v mod 5 > u, and gives
// at least 10. N = round(n), A = min(round(a), N), K = min(round(k), A). A triple is told
// when n >= 40, a >= 20, k >= 8, a-k >= 8 and A-K >= 15; a pair (back, habit, and of a
// question of the slips yes of yes and no together) when its base is >= 20, k >= 8,
// base-k >= 8 and the rounded base less the rounded k is >= 15, the base of back and of
// habit being min(round(base), N) of the year where that is told; routes when all six
// together are >= 80, those below 8 as small. Groups, in the order of reasons: the
// quarter's triple, the year's triple, back, habit, the five routes, slip_outside_base
// and slip_outside_yes, slip_help_base and slip_help_yes; the cells are in this order. A
// base of slips is yes + no, and its u the sum of theirs modulo 5. Last stands
// persons_estimate, of no group: reach_n of the year times (f1 + f2/2 + f3/3) / f, to the
// nearest 10, with f1, f2, f3 of slip_rooms and f their sum; withheld with f under 40 or
// the year's triple. A kiosk shows a result whose signature is the teller's and in which
// N+4 is not below its own reach_n.
//
// A worked round, which a test recomputes: organisation 12, period 2026Q3, kiosk_a,
// kiosk_b, kiosk_c with the Ed25519 seeds 00..1f, 20..3f, 40..5f, X25519 private keys
// 80..9f, a0..bf, c0..df and rounding keys 10..2f, 20..3f, 30..4f, counting 62 35 6,
// 48 27 5, 71 40 7, with the rounding parts 0 1 1, 2 2 0, 0 3 4:
//
//	order         kiosk_a kiosk_c kiosk_b
//	key a         493e82fc74464a59268817623d2053c5eb8e2cc4a988b4fee179ec6b010d531d
//	key b         605a725d2a4adfeeb1a29e17edd621c1b7593ee8cdbc44ac6c4ab6e2f805d23c
//	key c         dc2cca31e8e43bbd91dff7e475cca3347eb478107d5bd765aba4ae4a30c35d44
//	ready a (hex) 871834507e97978bd0c6ffe5b432e805a65b4b406bf1704ac2ff95b553ac2bd9
//	              28789ed13e4268f51b0848b9bcfe6ac62204e8c3bb6b8af7807d276eebd24d0c
//	set           63da485d60a27d22062cb1349ab7abe9181c79359482961e5493e487c64e833b
//	teller        kiosk_a
//	share b       ae139c194df81aadc1fcb001d38a3ed9075ac47e51265926
//	              42ad031304db71f9455d28c64ffa35222ceecb38cea23486
//	tag b         481f8638c6ebc96171a5a1688d8618c34a50e6823d8dd8bcfbbccdd11b66e74f
//	share c       c2555d33f3e5a630ad8c46e036eacec4ee53e6ef5027e90b
//	              c846a1d2a74c366e8b61791bd21a27e24e0dc0e858944cdf
//	tag c         75a4f2773aa6e776e7748497c9d08e371b52a163a64dfcf71f2efa3f603a584d
//	sum           181 102 18 2 6 5
//	told          180 105 20
//
// # Refusals
//
// Every answer but 200 has the body {"error": code, "hint": text}; the hint is
// English, for an operator. A kiosk that is refused goes on counting.
//
//	status  error        what was wrong                       the client
//	400     malformed    not this schema, a bad value         if signed: halves the cells
//	401     unsigned     unknown kiosk or key, bad signature  warns, backs off
//	403     revoked      the kiosk was unpaired               if signed: stops, warns
//	409     forked       an old token with another body       if signed: comes back, or stops and warns
//	413     too_large    over 65536 bytes or 200 cells        if signed: halves the cells
//	426     schema       a version not spoken here            warns; if signed: tries each hour
//	429     busy         too many requests                    if signed: waits Retry-After
//	500     unavailable  a fault at the centre                backs off
//	503     busy         too busy, or stopping                if signed: waits Retry-After
//
// After a signed 400 or 413 the client sends half of the cells, as a new request
// with the same token, down to one. If that one is refused, and a request
// without cells is not, it is set aside and shown; the others go on. An unsigned
// one tells nothing: the centre may have taken the request, and another body
// with its token would be a fork.
// The version is checked before the rest of the body: a body of another version
// is 426 whatever is in it. The centre looks at size, signature, version, body,
// revocation and token in this order.
//
// Retry-After is seconds or an HTTP date; the client keeps it within 30 seconds
// and 6 hours. Backing off is a random time between nothing and a bound that
// starts at 30 seconds, doubles with each failure up to an hour, and starts
// anew with the next signed answer. So is everything treated that is not listed
// here, or not signed where it must be: no answer within 30 seconds, a redirect,
// a 200 with no signature or a wrong one, a body that breaks off, a 503 by who
// knows whom. A new address of the machine ends such a wait at once, and makes the
// ones that follow short again.
//
// # Limits
//
// A request body is at most 65536 bytes, not compressed; an answer's at most
// 262144. A request holds at most 200 cells, which a month offline fills once.
//
// # Time
//
// No request is refused for its time. The time of a signed answer tells the
// kiosk the time: it was true between sending and receiving, so half way is at
// most half the round trip off. A request that had been sent before gets an old
// answer, whose time says nothing. A time that is more than five minutes from what
// the kiosk goes by is not followed on one word: it wants the network's time to
// agree, or a second answer and a volunteer who says so. Meanwhile the kiosk's
// light is clock.unsure.
//
// # Worked examples
//
// A test recomputes all that follows. Bodies stand on several lines here: take
// off the indent and join the lines with nothing between. Seeds are the 32-byte
// private keys of RFC 8032.
//
//	kiosk seed         000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
//	kiosk public key   03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8
//	kiosk fingerprint  56475aa75463474c
//	server seed        202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f
//	server public key  29acbae141bccaf0b22e1a94d34d0bc7361e526d0bfe12c89794bc9322966dd7
//
// The kiosk reports, with cells of each class:
//
//	request line
//	  POST /v1/sync HTTP/1.1
//	request headers
//	  Inloop-Kiosk: kiosk_7f3a
//	  Inloop-Key: 56475aa75463474c
//	  Inloop-Nonce: 404142434445464748494a4b4c4d4e4f
//	  Inloop-Signature: m0Y7Jz9En/Eo7tKboK4o/9bB8ptrqTOP0MceRy/VZRVRXS8Tvh1iNLirBn8IgLW+K7gb7uzMHePrmqqCAHFKDg==
//	request body
//	  {"version":1,"epoch":{"ordinal":2,"id":"505152535455565758595a5b5c5d5e5f"},"seq":3,
//	  "token":"YV5ZQ3GUQ7T4BDX2K6WHJM3CAE","clock":{"time":"2026-11-24T13:05:00Z","trust":2},
//	  "lights":[{"part":"reader","colour":"green"},{"part":"disk","colour":"orange","reason":"disk.low"}],
//	  "cells":[{"epoch":2,"period":"2026-11-24","measure":"badge_visits","part":"ochtend","n":14,"rev":871},
//	  {"epoch":2,"period":"2026-11-23","measure":"open","n":1,"rev":868},
//	  {"epoch":1,"period":"2026-11-02","measure":"guests_65","part":"middag","n":0,"rev":870},
//	  {"epoch":2,"period":"2026-10","measure":"unique","n":47,"rev":640},
//	  {"epoch":2,"period":"2026Q3","measure":"reach_k","n":null,"rev":869},
//	  {"epoch":2,"period":"2026-W48","measure":"guests","part":"avond","n":3,"rev":866}]}
//	request bytes signed
//	  inloop-request-1
//	  POST
//	  /v1/sync
//	  kiosk_7f3a
//	  56475aa75463474c
//	  404142434445464748494a4b4c4d4e4f
//	  7c4388f48ddc2920da36a8501b54d20b2137c6cf82c5ce68073d3556e04e0157
//	answer status
//	  200
//	answer headers
//	  Inloop-Signature: Jjn9xi3N3W8qUBYETsjV1qh7oFqhMX/4bDvz9va6EBf0fSd5wDBHXW2y2Pp75nvAxWn0VqW6qKEykdLXluF3Aw==
//	answer body
//	  {"version":1,"time":"2026-11-24T13:05:00.25Z","results":[{"status":"accepted"},{"status":"accepted"},
//	  {"status":"accepted"},{"status":"stale","rev":702},{"status":"accepted"},
//	  {"status":"rejected","code":"bad_period"}],"rev":871,"next_token":"N4OXR2J5KQ7WZC3TBM6YDLHVAE","interval":300}
//	answer bytes signed
//	  inloop-answer-1
//	  200
//	  bb6f41bc851929da63b044e59d7ac1b7588b65e32730a9952e90997f582704a0
//	  0bb10c5e96be1d5facdab6cbad2059173deedd74934a5e83f00f88bfe07f37b8
//
// And asks to be paired, with its code not yet typed:
//
//	request line
//	  POST /v1/pair HTTP/1.1
//	request headers
//	  Inloop-Kiosk: -
//	  Inloop-Key: 56475aa75463474c
//	  Inloop-Nonce: 606162636465666768696a6b6c6d6e6f
//	  Inloop-Signature: 16y/X7QDxWU6v2BxrRjedEFC0dNKC6GqNRZkJb0cRnmxWQuUXzSGsyyPFxaNuar11MryJzhDfFDRAUp3P1t5Ag==
//	request body
//	  {"version":1,"public_key":"A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="}
//	request bytes signed
//	  inloop-request-1
//	  POST
//	  /v1/pair
//	  -
//	  56475aa75463474c
//	  606162636465666768696a6b6c6d6e6f
//	  fe56ff31068c12454048e16b1edf34cdde3a6b5ddc0298378eb3214d664374c9
//	answer status
//	  200
//	answer headers
//	  Inloop-Signature: H39gV2oe99GQ1fpvR3AJk8f77dM41cbbqZR74VDnk8u+4qIwHJnOuZL7/L6VFNLLi4NhUQbphRiPa2ALp2OqAw==
//	answer body
//	  {"version":1,"time":"2026-11-24T09:00:00Z","state":"waiting","code":"K7M4-Q2XD",
//	  "expires":"2026-11-24T09:10:00Z","server_key":"Kay64UG8yvCyLhqU000LxzYeUm0L/hLIl5S8kyKWbdc=","interval":3}
//	answer bytes signed
//	  inloop-answer-1
//	  200
//	  af8449283383aae9f68cfda0f200c8c5a18565911462d83884600be919840946
//	  5296f4fd2754ce491df0399c6ecfec6924c5a401eab3d4f0492af640e369ee8a
package wire
