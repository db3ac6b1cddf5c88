package org.iommu4j.smmuv3.entries;

import java.util.ArrayList;
import java.util.List;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.AttachMethod;
import org.iommu4j.api.status.WalkStep;
import org.iommu4j.driver.memory.TableMemory;

/**
 * The CD tables of streams in stage 1: each stream has its own, and the CD of substream 0 is what requests without a
 * substream use. One frame of CDs, or, where the unit has many substreams, a frame of level 1 that leads to frames of
 * 64 CDs. The ASID stands in word 0 of a CD and the table base in word 1, so a CD that is in use does not change: its
 * table is copied, the copy changed, and the pointer to it swung.
 */
final class ContextTables {
    /** S1Fmt: one table. */
    private static final int LINEAR = 0;
    /** S1Fmt: two levels, tables of 4 KiB. */
    private static final int TWO_LEVELS = 1;
    /** Log2 of the CDs in a frame. */
    private static final int FRAME_CONTEXTS_LG2 = 6;
    /** Log2 of the CDs that one frame of level 1 reaches. */
    private static final int MOST_CONTEXTS_LG2 = 15;
    private static final int LEVEL_1_ENTRIES = 512;

    private final TableMemory memory;
    private final int format;
    private final int substreamBits;

    /**
     * What an STE says of a stream's CDs.
     *
     * @param table the only one, or that of level 1
     * @param format S1Fmt
     * @param substreamBits S1CDMax
     */
    record Place(long table, int format, int substreamBits) {
        boolean twoLevels() {
            return format == TWO_LEVELS && substreamBits > FRAME_CONTEXTS_LG2;
        }
    }

    /**
     * @param substreamBits width of a SubstreamID on the unit
     * @param twoLevels true if the unit walks CD tables of two levels
     */
    ContextTables(TableMemory memory, int substreamBits, boolean twoLevels) {
        this.memory = memory;
        boolean many = twoLevels && substreamBits > FRAME_CONTEXTS_LG2;
        this.format = many ? TWO_LEVELS : LINEAR;
        this.substreamBits = Math.min(substreamBits, many ? MOST_CONTEXTS_LG2 : FRAME_CONTEXTS_LG2);
    }

    /** New tables whose CD 0 says a translation. @throws IommuException NO_MEMORY */
    Place create(Translation translation) {
        long table = memory.newFrame();
        fill(table, translation);
        if (format == LINEAR) {
            return new Place(table, format, substreamBits);
        }
        try {
            long top = memory.newFrame();
            memory.publish(top, ContextTableEntry.of(table));
            return new Place(top, format, substreamBits);
        } catch (RuntimeException e) {
            memory.free(table);
            throw e;
        }
    }

    /** What CD 0 says. */
    Translation read(Place place) {
        long entry = entry(place);
        return entry == 0 ? Translation.BLOCKED
                : ContextEntry.decode(memory.load(entry), memory.load(entry + Long.BYTES));
    }

    /** A copy of a table of one level, in which CD 0 says another translation. */
    Place copy(Place place, Translation translation) {
        long copy = memory.copyOf(place.table());
        fill(copy, translation);
        return new Place(copy, place.format(), place.substreamBits());
    }

    /** Changes CD 0 of tables of two levels by swinging in a changed copy of the lower one. */
    StreamChange swing(Place place, Translation translation, Runnable forget) {
        long word = memory.load(place.table());
        long former = table(place.table());
        long copy = memory.copyOf(former);
        fill(copy, translation);
        memory.publish(place.table(), ContextTableEntry.of(copy));
        StreamChange change = new StreamChange(AttachMethod.TABLE_SWING, () -> memory.free(former),
                () -> memory.publish(place.table(), word));
        try {
            forget.run();
        } catch (RuntimeException e) {
            change.undo().run();
            throw e;
        }
        return change;
    }

    /** Frees all tables of a stream. */
    void free(Place place) {
        frames(place).forEach(memory::free);
    }

    /** All tables of a stream. @throws IommuException BAD_INPUT if one is no frame of the pool */
    List<Long> frames(Place place) {
        List<Long> frames = new ArrayList<>(List.of(checked(place).table()));
        if (place.twoLevels()) {
            for (int i = 0; i < LEVEL_1_ENTRIES; i++) {
                long table = table(place.table() + (long) i * Long.BYTES);
                if (table != 0) {
                    frames.add(table);
                }
            }
        }
        return frames;
    }

    void walk(Place place, List<WalkStep> steps) {
        if (place.twoLevels()) {
            steps.add(memory.step(ContextTableEntry.LAYOUT, ContextTableEntry.LAYOUT.name(), checked(place).table()));
        }
        long entry = entry(place);
        if (entry != 0) {
            steps.add(memory.step(ContextEntry.LAYOUT, ContextEntry.LAYOUT.name(), entry));
        }
    }

    /** CD 0, or 0 if its table is absent. */
    private long entry(Place place) {
        return checked(place).twoLevels() ? table(place.table()) : place.table();
    }

    private Place checked(Place place) {
        if (!memory.isFrame(place.table())) {
            throw IommuException.of(Reason.BAD_INPUT, "S1ContextPtr=%#x of an STE is no frame of the pool %#x + %#x",
                    place.table(), memory.frames().pool().base(), memory.frames().pool().length());
        }
        return place;
    }

    private long table(long entry) {
        return memory.table(entry, ContextTableEntry.V, ContextTableEntry.L2PTR);
    }

    /** Fills a CD of a table that hardware does not know yet. */
    private void fill(long entry, Translation translation) {
        long[] words = ContextEntry.encode(translation);
        for (int word = words.length - 1; word >= 0; word--) {
            memory.publish(entry + (long) word * Long.BYTES, words[word]);
        }
    }
}
