package org.iommu4j.replay.trace;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Map;
import org.iommu4j.replay.trace.TraceException.Fault;

/**
 * Reads a trace's lines once, in place, and hands each event to a {@link TraceEvents} visitor. Nothing of the text is
 * kept. One reader reads one trace, on one thread.
 *
 * <p>A map, unmap, group or attach line that cannot be read refuses the trace: a replay without it would be another
 * run than the one recorded. Lines that only help to attribute are skipped and counted when unreadable.
 */
public final class TraceReader {

    private static final int PAGE_MASK = 4095;

    private final TraceSource source;
    private final TraceEvents events;
    private final ByteNames names = new ByteNames();
    private final ByteNames devices = new ByteNames();
    private final EventKind[] kinds;
    private final SkippedLines skipped = new SkippedLines(names);
    private final TraceLine line = new TraceLine();
    private final Payload payload = new Payload();
    private final Segments segments = new Segments();
    private int lines;

    /** A reader of {@code source} that calls {@code events}. */
    public TraceReader(TraceSource source, TraceEvents events) {
        this.source = source;
        this.events = events;
        int known = 0;
        EventKind[] byNumber = new EventKind[64];
        for (EventKind kind : EventKind.values()) {
            for (String name : kind.names()) {
                byNumber[names.number(name)] = kind;
                known++;
            }
        }
        this.kinds = Arrays.copyOf(byNumber, known);
    }

    /**
     * Reads the whole trace.
     *
     * @throws TraceException any fault but OVERLAPPING_MAP and SPLITTING_UNMAP, and whatever the visitor throws
     */
    public void read() throws TraceException {
        try (InputStream in = source.open()) {
            LineBuffer buffer = new LineBuffer(in, source.name());
            while (buffer.next()) {
                line(buffer.bytes(), buffer.from(), buffer.to(), buffer.number());
            }
            lines = buffer.number();
        } catch (TraceException known) {
            throw known;
        } catch (IOException failure) {
            throw new TraceException(Fault.UNREADABLE, source.name(), failure.getMessage(), failure);
        }
        if (lines == 0) {
            throw new TraceException(Fault.EMPTY, source.name(), "the file holds no text", null);
        }
    }

    /** Lines read, whatever they held. */
    public int lines() {
        return lines;
    }

    /** How many lines of each name were skipped, by event name; complete after {@link #read()}. */
    public Map<String, Integer> skipped() {
        return skipped.byName();
    }

    private void line(byte[] bytes, int from, int to, int number) throws TraceException {
        if (!line.read(bytes, from, to, number)) {
            skipped.noEvent();
            return;
        }
        int name = names.number(bytes, line.nameFrom, line.nameTo);
        if (name >= kinds.length) {
            skipped.unused(name);
            return;
        }
        payload.over(bytes, line.payloadFrom, to);
        if (!event(kinds[name])) {
            if (payload.sound()) {
                skipped.unused(name);
            } else {
                skipped.unreadable(name);
            }
        }
    }

    /** Hands one event on; false if the line is to be skipped. */
    private boolean event(EventKind kind) throws TraceException {
        return switch (kind) {
            case MAP -> map();
            case UNMAP -> unmap();
            case PROBE_MAP -> probeMap();
            case PROBE_UNMAP -> probeUnmap();
            case DMA_MAP, DMA_MAP_SCATTER -> dmaMap(kind == EventKind.DMA_MAP_SCATTER);
            case DMA_UNMAP -> dmaUnmap();
            case DMA_UNMAP_SCATTER -> dmaUnmapScatter();
            case ATTACH -> attach();
            case ADD_TO_GROUP -> addToGroup();
            case VTD_INVALIDATION -> vtdInvalidation();
            case AMD_COMMAND -> amdCommand();
            case SMMU_COMMANDS -> smmuCommands();
            case MARK -> mark();
        };
    }

    private boolean map() throws TraceException {
        long iova = pageAligned("iova", Key.IOVA, true);
        long physical = pageAligned("paddr", Key.PADDR, true);
        long length = pageAligned("size", Key.SIZE, false);
        checkRange("iova", iova, length);
        checkRange("paddr", physical, length);
        events.map(line, iova, physical, length);
        return true;
    }

    private boolean unmap() throws TraceException {
        long iova = pageAligned("iova", Key.IOVA, true);
        boolean done = payload.seek(Key.UNMAPPED_SIZE);
        long length = done ? pageAligned("unmapped_size", Key.UNMAPPED_SIZE, false)
                : pageAligned("size", Key.SIZE, false);
        if (length == 0) {
            return false;
        }
        checkRange("iova", iova, length);
        events.unmap(line, iova, length);
        return true;
    }

    private long pageAligned(String field, byte[] key, boolean hexadecimal) throws TraceException {
        payload.need(key);
        long value = hexadecimal ? payload.hex() : payload.number();
        if (!payload.sound()) {
            throw malformed(field + "= is absent or no number of 64 bits");
        }
        if ((value & PAGE_MASK) != 0) {
            throw malformed(field + "=0x" + Long.toHexString(value) + " is not a multiple of 4096");
        }
        return value;
    }

    private void checkRange(String field, long first, long length) throws TraceException {
        if (length <= 0 || Long.compareUnsigned(first + length - 1, first) < 0) {
            throw malformed(field + "=0x" + Long.toHexString(first) + " with size=" + length
                    + " is empty or leaves the 64-bit address space");
        }
    }

    private TraceException malformed(String detail) {
        return new TraceException(Fault.MALFORMED_LINE, source.name(), line.number(), detail);
    }

    private boolean probeMap() {
        payload.need(Key.DOMAIN);
        long domain = payload.hex();
        payload.need(Key.IOVA);
        long iova = payload.number();
        payload.need(Key.SIZE);
        long length = payload.number();
        int protection = payload.seek(Key.PROT) ? (int) payload.number() : -1;
        if (!payload.sound()) {
            return false;
        }
        events.probeMap(line, domain, iova, length, protection);
        return true;
    }

    private boolean probeUnmap() {
        payload.need(Key.DOMAIN);
        long domain = payload.hex();
        payload.need(Key.IOVA);
        long iova = payload.number();
        payload.need(Key.SIZE);
        long length = payload.number();
        if (!payload.sound()) {
            return false;
        }
        events.probeUnmap(line, domain, iova, length);
        return true;
    }

    private boolean dmaMap(boolean scatter) {
        String device = payload.word(devices);
        DmaDirection direction = payload.seek(Key.DIRECTION)
                ? DmaDirection.ofLetter(payload.peek()) : DmaDirection.NONE;
        if (scatter) {
            segments.read(payload);
        } else {
            readSegment();
        }
        if (!payload.sound()) {
            return false;
        }
        events.dmaMap(line, device, direction, segments);
        return true;
    }

    private boolean dmaUnmap() {
        String device = payload.word(devices);
        readSegment();
        if (!payload.sound()) {
            return false;
        }
        events.dmaUnmap(line, device, segments);
        return true;
    }

    private void readSegment() {
        payload.need(Key.DMA_ADDRESS);
        long address = payload.hex();
        payload.need(Key.SIZE);
        segments.single(address, payload.decimal());
    }

    private boolean dmaUnmapScatter() {
        String device = payload.word(devices);
        if (payload.sound()) {
            events.dmaUnmapScatter(line, device);
        }
        return payload.sound();
    }

    private boolean attach() throws TraceException {
        payload.need(Key.DEVICE);
        String device = payload.word(devices);
        if (!payload.sound()) {
            throw malformed("device= is absent");
        }
        events.attach(line, device);
        return true;
    }

    private boolean addToGroup() throws TraceException {
        payload.need(Key.GROUP);
        long group = payload.decimal();
        payload.need(Key.DEVICE);
        String device = payload.word(devices);
        if (!payload.sound() || group > Integer.MAX_VALUE) {
            throw malformed("groupID= or device= is absent or out of range");
        }
        events.addToGroup(line, (int) group, device);
        return true;
    }

    private boolean vtdInvalidation() {
        String kind = payload.word(names);
        if (payload.sound()) {
            events.invalidation(line, kind);
        }
        return payload.sound();
    }

    private boolean amdCommand() {
        payload.need(Key.AMD_WORD1);
        long word1 = payload.number();
        if (payload.sound()) {
            events.invalidation(line, AmdCommand.name(word1));
        }
        return payload.sound();
    }

    /** A list of commands, of which the line shows the first two, and whether a CMD_SYNC ends it. */
    private boolean smmuCommands() {
        payload.need(Key.SMMU_COUNT);
        long count = payload.decimal();
        payload.need(Key.SMMU_SYNC);
        boolean sync = payload.decimal() != 0;
        payload.need(Key.SMMU_FIRST);
        long first = payload.number();
        payload.need(Key.SMMU_SECOND);
        long second = payload.number();
        if (!payload.sound() || count > SmmuCommand.MOST_IN_A_LIST) {
            return false;
        }
        for (int i = 0; i < count; i++) {
            events.invalidation(line, i > 1 ? SmmuCommand.NOT_SHOWN : SmmuCommand.name(i == 0 ? first : second));
        }
        if (sync) {
            events.invalidation(line, SmmuCommand.SYNC);
        }
        return true;
    }

    private boolean mark() {
        if (!payload.seek(Key.PHASE)) {
            return false;
        }
        events.phase(line, payload.rest());
        return true;
    }
}
