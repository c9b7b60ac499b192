package kioskd

import (
	"context"
	"errors"

	"example.org/inloop/devices/iso14443a"
	"example.org/inloop/devices/nfc"
	"example.org/inloop/devices/ntag"
)

// examination is what asks a newcomer for more than its number.
type examination = func(context.Context, iso14443a.Target, iso14443a.Link) (nfc.Finding, error)

// examination gives the one that the room's badges call for, nil for none. A
// phone or a bank card is not asked: it has an answer of its own.
func (r *Daemon) examination() examination {
	switch r.cfg.Badges {
	case BadgeProofGenuine:
		return sparing(genuine)
	case BadgeProofSUN:
		return sparing(func(ctx context.Context, c iso14443a.Target, l iso14443a.Link) (nfc.Finding, error) {
			store := r.opened.Load()
			if store == nil {
				return nfc.Finding{}, nil // nothing is kept of it anyway
			}
			return proving(ntag.Key(store.TagKey()))(ctx, c, l)
		})
	}
	return nil
}

func sparing(examine examination) examination {
	return func(ctx context.Context, c iso14443a.Target, l iso14443a.Link) (nfc.Finding, error) {
		if c.UID.Random() {
			return nfc.Finding{}, nil
		}
		return examine(ctx, c, l)
	}
}

// genuine doubts a tag that NXP did not sign.
func genuine(ctx context.Context, c iso14443a.Target, l iso14443a.Link) (nfc.Finding, error) {
	signature, err := ntag.ReadSignature(ctx, l)
	if err != nil {
		return nfc.Finding{}, err
	}
	return nfc.Finding{Doubt: errors.Is(ntag.Verify(c.UID, signature), ntag.ErrNotGenuine)}, nil
}

// proving doubts a tag whose message is not of this reading and this room.
// Whether the counter grows is for the store to say, with the visit.
func proving(master ntag.Key) examination {
	return func(ctx context.Context, c iso14443a.Target, l iso14443a.Link) (nfc.Finding, error) {
		message, err := ntag.ReadMessage(ctx, l)
		if err != nil {
			return nfc.Finding{}, err
		}
		counter, err := message.Check(c.UID, master.Of(c.UID))
		return nfc.Finding{Doubt: err != nil, Counter: counter}, nil
	}
}
