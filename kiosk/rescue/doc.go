// Package rescue keeps a room going whose database is damaged, without anybody who
// knows what a database is.
//
// [Night] makes a backup each night, in a ring that [backup.Ring] turns. [Look] goes
// before the store is opened: it has the database looked at (package salvage), and
// when that is damaged it climbs this ladder:
//
//  1. what is damaged is in indexes alone: all rows are copied into a new database;
//  2. the newest backup that is sound and of this room's key, with every row of the
//     damaged database that can still be read over it;
//  3. without such a backup, an empty database with those rows.
//
// Each begins a new epoch, as every backup that is put back does, so that nothing
// that the centre has is counted twice; the damaged database is kept aside for a
// month; and a note in the data folder ([ReadMended]) has the light tell of it, until
// somebody has seen it. All is prepared in a folder of its own and put in place by
// one renaming: a plug that is pulled on the way has the next start begin anew, or
// find it done.
package rescue
