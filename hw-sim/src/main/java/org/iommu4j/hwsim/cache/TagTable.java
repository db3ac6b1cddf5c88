package org.iommu4j.hwsim.cache;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * Gives each pair of a domain and an address space of it a tag for {@link PageCache}, and invalidates all that is
 * cached under a pair by giving it another tag: nothing is searched, and what was cached is out of reach for good,
 * because no tag is given twice until {@link #restart}.
 * <pre>
 *  pairs:  | domain 1, space 0 | domain 1, space 7 |  free  | ...     linear probing from the domain's own place on,
 *  tags:   |        12         |         3         |        | ...     so a domain's pairs lie before the next free one
 * </pre>
 * Tags are read without a lock. Whoever changes one has begun a {@link Generation}, so that what was looked up with the
 * old tag is neither kept nor used again.
 */
public final class TagTable {
    /** Tag of what is not cached: there is no room for the pair. */
    public static final int NONE = 0;

    private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);
    private static final VarHandle INTS = MethodHandles.arrayElementVarHandle(int[].class);
    private static final int PLACES = 1 << 12;
    private static final int MOST_PAIRS = PLACES / 4 * 3;
    private static final int TAGS = 1 << 16;
    /** So few tags left that another round of all pairs might not find enough, whatever runs at the same time. */
    private static final int RESERVE = 4 * PLACES;
    private static final int SPACE_BITS = 32;
    private static final long VALID = 1L << 63;
    private static final int GOLDEN = 0x9E3779B9;

    private final long[] pairs = new long[PLACES];
    private final int[] tags = new int[PLACES];
    private int used;
    private int next = NONE + 1;

    /**
     * The tag of a pair, a new one if it has none yet.
     *
     * @param domain 0 to 2^18-1
     * @param space of the domain, not negative
     * @return 1 to 65535, or {@link #NONE} if there are too many pairs
     */
    public int tag(int domain, int space) {
        int known = find(domain, space);
        return known != NONE ? known : add(domain, space);
    }

    /** The tag of a pair, or {@link #NONE} if nothing can be cached under it. Parameters as of {@link #tag}. */
    public int find(int domain, int space) {
        long pair = pair(domain, space);
        for (int at = place(domain);; at = at + 1 & PLACES - 1) {
            long held = (long) LONGS.getAcquire(pairs, at);
            if (held == pair) {
                return (int) INTS.getAcquire(tags, at);
            }
            if (held == 0) {
                return NONE;
            }
        }
    }

    /** Puts all that is cached under a pair out of reach. */
    public synchronized void forget(int domain, int space) {
        renew(domain, -1L, pair(domain, space));
    }

    /** Puts all that is cached under any pair of a domain out of reach. */
    public synchronized void forgetDomain(int domain) {
        renew(domain, -1L << SPACE_BITS, pair(domain, 0));
    }

    /** Puts all that is cached under any pair of these domains out of reach; both inclusive. */
    public synchronized void forgetDomains(int first, int last) {
        for (int at = 0; at < PLACES; at++) {
            int domain = domain(pairs[at]);
            if (pairs[at] != 0 && domain >= first && domain <= last) {
                INTS.setRelease(tags, at, next < TAGS ? next++ : NONE);
            }
        }
    }

    /** Shows every pair of a domain that has a tag. */
    public synchronized void visit(int domain, PairVisitor visitor) {
        for (int at = place(domain); pairs[at] != 0; at = at + 1 & PLACES - 1) {
            if (domain(pairs[at]) == domain && tags[at] != NONE) {
                visitor.pair((int) pairs[at], tags[at]);
            }
        }
    }

    /** What {@link #visit} shows pairs to. */
    @FunctionalInterface
    public interface PairVisitor {
        void pair(int space, int tag);
    }

    /** True if it is time for {@link #restart}. */
    public synchronized boolean runsOut() {
        return next > TAGS - RESERVE || used >= MOST_PAIRS;
    }

    /**
     * Forgets all pairs; tags may be given again. The caller has begun a generation and removed everything from
     * the caches, in this order: whoever gets a tag again must not find what was cached under it. The caller drains
     * before it ends the generation: till then somebody may look up what he knows by an old tag.
     */
    public synchronized void restart() {
        Arrays.fill(tags, NONE);
        for (int at = 0; at < PLACES; at++) {
            LONGS.setRelease(pairs, at, 0L);
        }
        used = 0;
        next = NONE + 1;
    }

    private synchronized int add(int domain, int space) {
        int known = find(domain, space);
        if (known != NONE || used >= MOST_PAIRS || next >= TAGS) {
            return known;
        }
        int at = place(domain);
        while (pairs[at] != 0) {
            at = at + 1 & PLACES - 1;
        }
        used++;
        tags[at] = next++;
        LONGS.setRelease(pairs, at, pair(domain, space));
        return tags[at];
    }

    private void renew(int domain, long mask, long pair) {
        for (int at = place(domain); pairs[at] != 0; at = at + 1 & PLACES - 1) {
            if ((pairs[at] & mask) == pair) {
                INTS.setRelease(tags, at, next < TAGS ? next++ : NONE);
            }
        }
    }

    private static long pair(int domain, int space) {
        return VALID | (long) domain << SPACE_BITS | space;
    }

    private static int domain(long pair) {
        return (int) (pair >>> SPACE_BITS) & Integer.MAX_VALUE;
    }

    private static int place(int domain) {
        return domain * GOLDEN >>> Integer.SIZE - 12;
    }
}
