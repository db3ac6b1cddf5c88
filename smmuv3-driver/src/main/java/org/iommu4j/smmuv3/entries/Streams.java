package org.iommu4j.smmuv3.entries;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.AttachMethod;
import org.iommu4j.api.status.WalkStep;
import org.iommu4j.driver.memory.TableMemory;
import org.iommu4j.smmuv3.entries.Translation.Kind;

/**
 * What the tables of one unit say of its streams. Control operations only: one thread changes them at a time, hardware
 * reads them at any time.
 *
 * <p>How a stream is changed; the first that applies:
 * <ul>
 * <li>stage 1 to stage 1: a changed copy of the CD's table is swung in, by word 0 of the STE or by the entry of level
 * 1;</li>
 * <li>in place, in the order of {@link EntryUpdate}, where one word of the STE at most has to change at once: to and
 * from blocked and identity;</li>
 * <li>between stage 1 and stage 2, and from stage 2 to stage 2 (VMID in word 2, base in word 3), a changed copy of the
 * table of 256 STEs is swung in by its entry of level 1. A table of one level has none, and cannot change in place
 * either; the device would have to be stopped. That is refused.</li>
 * </ul>
 */
public final class Streams {
    private final TableMemory memory;
    private final StreamTable table;
    private final ContextTables contexts;
    private final ConfigurationCaches caches;

    /**
     * @param substreamBits width of a SubstreamID on the unit
     * @param twoLevelContexts true if the unit walks CD tables of two levels
     */
    public Streams(StreamTable table, int substreamBits, boolean twoLevelContexts, ConfigurationCaches caches) {
        this.memory = table.memory();
        this.table = table;
        this.contexts = new ContextTables(memory, substreamBits, twoLevelContexts);
        this.caches = caches;
    }

    public StreamTable table() {
        return table;
    }

    /** What memory says of a stream; {@link Translation#BLOCKED} where a table is absent. */
    public Translation read(int stream) {
        long entry = table.entry(stream);
        if (entry == 0) {
            return Translation.BLOCKED;
        }
        long word0 = memory.load(entry);
        return switch (StreamEntry.kind(word0)) {
            case BLOCKED -> Translation.BLOCKED;
            case IDENTITY -> Translation.IDENTITY;
            case STAGE1 -> contexts.read(StreamEntry.contexts(word0));
            case STAGE2 -> StreamEntry.stage2(memory.load(entry + 2 * Long.BYTES), memory.load(entry + 3 * Long.BYTES));
            case FOREIGN -> Translation.FOREIGN;
        };
    }

    /**
     * Lets a stream pass before the unit runs for the first time: no caches, no order.
     *
     * @throws IommuException NO_MEMORY
     */
    public void passFromTheStart(int stream) {
        table.reach(stream);
        long[] words = StreamEntry.encode(Translation.IDENTITY, null);
        for (int word = words.length - 1; word >= 0; word--) {
            memory.publish(table.entry(stream) + (long) word * Long.BYTES, words[word]);
        }
    }

    /**
     * Changes a stream, makes what tables it lacks, and makes hardware forget the old entries: when it returns,
     * transactions that used them have ended. What translations are cached is left to the caller.
     *
     * @param now not what the entries say already
     * @throws IommuException NO_MEMORY, INCOMPATIBLE; TIMEOUT, IO from the caches. The old entries are in force then
     */
    public StreamChange change(int stream, Translation now) {
        boolean newTable = table.reach(stream);
        long[] old = load(table.entry(stream));
        Kind kind = StreamEntry.kind(old[0]);
        if (kind != Kind.STAGE1) {
            return changeEntry(stream, old, now, newTable);
        }
        ContextTables.Place place = StreamEntry.contexts(old[0]);
        if (now.kind() != Kind.STAGE1) {
            return then(changeEntry(stream, old, now, false), () -> contexts.free(place));
        }
        if (place.twoLevels()) {
            return contexts.swing(place, now, () -> caches.forgetContexts(stream));
        }
        ContextTables.Place copy = contexts.copy(place, now);
        try {
            StreamChange change = inPlace(stream, old, StreamEntry.encode(now, copy), AttachMethod.TABLE_SWING, false);
            return then(change, () -> memory.free(place.table()));
        } catch (RuntimeException e) {
            memory.free(copy.table());
            throw e;
        }
    }

    private static StreamChange then(StreamChange change, Runnable settle) {
        return new StreamChange(change.method(), () -> {
            change.settle().run();
            settle.run();
        }, change.undo());
    }

    private StreamChange changeEntry(int stream, long[] old, Translation now, boolean newTable) {
        ContextTables.Place place = now.kind() == Kind.STAGE1 ? contexts.create(now) : null;
        try {
            long[] words = StreamEntry.encode(now, place);
            AttachMethod method = StreamEntry.kind(old[0]) == Kind.BLOCKED ? AttachMethod.FRESH
                    : AttachMethod.ENTRY_UPDATE;
            return new EntryUpdate(StreamEntry::used, old, words).isHitless()
                    ? inPlace(stream, old, words, method, newTable) : swing(stream, words);
        } catch (RuntimeException e) {
            if (place != null) {
                contexts.free(place);
            }
            throw e;
        }
    }

    private StreamChange inPlace(int stream, long[] old, long[] words, AttachMethod method, boolean newTable) {
        long entry = table.entry(stream);
        Runnable undo = () -> new EntryUpdate(StreamEntry::used, words, old).run(target(entry, () -> { }));
        try {
            new EntryUpdate(StreamEntry::used, old, words)
                    .run(target(entry, () -> caches.forgetStream(stream, newTable)));
        } catch (RuntimeException e) {
            store(entry, old);
            throw e;
        }
        return new StreamChange(method, () -> { }, undo);
    }

    private StreamChange swing(int stream, long[] words) {
        if (!table.twoLevels()) {
            throw IommuException.of(Reason.INCOMPATIBLE, "stream %#x cannot change from %s in one step, and its stream "
                    + "table of one level cannot be replaced: block it first", stream, read(stream));
        }
        long copy = table.copyLower(stream);
        store(table.entryIn(copy, stream), words);
        long former = table.swing(stream, copy);
        try {
            caches.forgetStreams(stream >>> StreamTable.SPLIT << StreamTable.SPLIT, StreamTable.SPLIT);
        } catch (RuntimeException e) {
            table.swing(stream, former); // the copy is not freed: hardware may have read where it lies
            throw e;
        }
        return new StreamChange(AttachMethod.TABLE_SWING, () -> table.freeLower(former),
                () -> table.swing(stream, former));
    }

    private EntryUpdate.Target target(long entry, Runnable sync) {
        return new EntryUpdate.Target() {
            @Override
            public void store(int word, long value) {
                memory.publish(entry + (long) word * Long.BYTES, value);
            }

            @Override
            public void sync() {
                sync.run();
            }
        };
    }

    private long[] load(long entry) {
        long[] words = new long[StreamEntry.WORDS];
        for (int word = 0; word < words.length; word++) {
            words[word] = memory.load(entry + (long) word * Long.BYTES);
        }
        return words;
    }

    private void store(long entry, long[] words) {
        for (int word = words.length - 1; word >= 0; word--) {
            memory.publish(entry + (long) word * Long.BYTES, words[word]);
        }
    }

    /** Visits all streams that are not blocked; takes the time of the tables that exist. */
    public void forEachPresent(BiConsumer<Integer, Translation> visitor) {
        table.forEach(stream -> {
            Translation translation = read(stream);
            if (!translation.isBlocked()) {
                visitor.accept(stream, translation);
            }
        });
    }

    /** Adds each entry on the way to a stream's translation, as far as it goes. */
    public void walk(int stream, List<WalkStep> steps) {
        table.walk(stream, steps);
        long entry = table.entry(stream);
        if (entry != 0 && StreamEntry.kind(memory.load(entry)) == Kind.STAGE1) {
            contexts.walk(StreamEntry.contexts(memory.load(entry)), steps);
        }
    }

    /**
     * Blocks every stream, has that made known, and frees all tables but the topmost.
     *
     * @param forgetAll makes hardware forget everything
     */
    public void end(Runnable forgetAll) {
        List<Long> frames = new ArrayList<>();
        table.forEach(stream -> {
            long word0 = memory.load(table.entry(stream));
            if (StreamEntry.kind(word0) == Kind.STAGE1) {
                frames.addAll(contexts.frames(StreamEntry.contexts(word0)));
            }
        });
        List<Long> lower = table.lowerTables();
        table.unlink();
        forgetAll.run();
        frames.forEach(memory::free);
        lower.forEach(table::freeLower);
    }
}
