package org.iommu4j.api.machine;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;

/**
 * A machine's RAM: 64-bit little-endian physical addresses over a mapped, sparse file, in chunks that are mapped when
 * first touched. One final class for every machine, so that no access is a virtual call; a file, so that memory can be
 * shared with another process and costs only what is touched.
 *
 * <p><b>Assumptions.</b> Addresses of 64-bit accesses are multiples of 8, of 32-bit accesses of 4, of 128-bit accesses
 * of 16. <b>Guarantees.</b> Every method may be called by any thread. Aligned accesses of up to 64 bits are single-copy
 * atomic; {@link #store128} and {@link #load128} are so towards each other. Memory order is in the name:
 * {@code Acquire} and {@code Release} order as in {@link VarHandle}, the others are plain. Nothing here allocates after
 * a chunk has been mapped. An address outside RAM throws {@link IommuException} with {@link Reason#BAD_ADDRESS}.
 */
public final class PhysicalMemory implements AutoCloseable {
    /** Size of a chunk in bytes: ranges start at multiples of it. */
    public static final long CHUNK = 1L << 30;
    /** Size of a page frame in bytes. */
    public static final long PAGE = 1L << 12;

    private static final int CHUNK_LG2 = 30;
    private static final VarHandle LONG =
            MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private final List<MemoryRange> ranges;
    private final AtomicReferenceArray<ByteBuffer> chunks;
    private final FileChannel file;
    private final WideStores wide = new WideStores();

    /**
     * Opens memory over a file, which is created if it is absent and extended to the ranges' total length. The ranges
     * lie in the file one after the other.
     *
     * @param ranges sorted and disjoint
     */
    public PhysicalMemory(List<MemoryRange> ranges, Path path) {
        this.ranges = List.copyOf(ranges);
        long last = this.ranges.get(ranges.size() - 1).last();
        this.chunks = new AtomicReferenceArray<>(Math.toIntExact((last >>> CHUNK_LG2) + 1));
        try {
            this.file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ,
                    StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new IommuException(Reason.NO_MEMORY, "memory file " + path + " cannot be opened: " + e, e);
        }
    }

    /** Memory over a file without a name in the directory for temporary files; gone when it is closed. */
    public static PhysicalMemory temporary(List<MemoryRange> ranges) {
        try {
            Path path = Files.createTempFile("iommu4j-", ".memory");
            PhysicalMemory memory = new PhysicalMemory(ranges, path);
            Files.delete(path);
            return memory;
        } catch (IOException e) {
            throw new IommuException(Reason.NO_MEMORY, "no temporary memory file: " + e, e);
        }
    }

    public List<MemoryRange> ranges() {
        return ranges;
    }

    /** True if all of {@code size} bytes from {@code pa} on are RAM. */
    public boolean contains(long pa, long size) {
        for (int i = 0; i < ranges.size(); i++) {
            if (ranges.get(i).contains(pa, size)) {
                return true;
            }
        }
        return false;
    }

    public long load64(long pa) {
        try {
            return (long) LONG.get(chunk(pa), offset(pa));
        } catch (IndexOutOfBoundsException e) {
            throw outside(pa, e);
        }
    }

    public long loadAcquire64(long pa) {
        try {
            return (long) LONG.getAcquire(chunk(pa), offset(pa));
        } catch (IndexOutOfBoundsException e) {
            throw outside(pa, e);
        }
    }

    public void store64(long pa, long value) {
        try {
            LONG.set(chunk(pa), offset(pa), value);
        } catch (IndexOutOfBoundsException e) {
            throw outside(pa, e);
        }
    }

    public void storeRelease64(long pa, long value) {
        try {
            LONG.setRelease(chunk(pa), offset(pa), value);
        } catch (IndexOutOfBoundsException e) {
            throw outside(pa, e);
        }
    }

    /** Atomic, with the order of a volatile access. @return true if {@code expected} was there */
    public boolean compareAndSet64(long pa, long expected, long value) {
        try {
            return LONG.compareAndSet(chunk(pa), offset(pa), expected, value);
        } catch (IndexOutOfBoundsException e) {
            throw outside(pa, e);
        }
    }

    public int loadAcquire32(long pa) {
        try {
            return (int) INT.getAcquire(chunk(pa), offset(pa));
        } catch (IndexOutOfBoundsException e) {
            throw outside(pa, e);
        }
    }

    public void storeRelease32(long pa, int value) {
        try {
            INT.setRelease(chunk(pa), offset(pa), value);
        } catch (IndexOutOfBoundsException e) {
            throw outside(pa, e);
        }
    }

    /** Stores 16 aligned bytes; a {@link #load128} sees all or none of them. Ordered after earlier stores. */
    public void store128(long pa, long low, long high) {
        int stripe = wide.lock(pa);
        try {
            storeRelease64(pa, low);
            storeRelease64(pa + Long.BYTES, high);
        } finally {
            wide.unlock(stripe);
        }
    }

    /** Loads 16 aligned bytes into {@code into[at]} and {@code into[at + 1]}, never half of a {@link #store128}. */
    public void load128(long pa, long[] into, int at) {
        long sequence;
        do {
            sequence = wide.begin(pa);
            into[at] = loadAcquire64(pa);
            into[at + 1] = loadAcquire64(pa + Long.BYTES);
        } while (!wide.unchanged(pa, sequence));
    }

    /** Copies bytes out of memory; any alignment, plain order, not atomic. */
    public void read(long pa, byte[] into, int at, int length) {
        for (int done = 0; done < length; ) {
            int step = stepWithinChunk(pa + done, length - done);
            chunk(pa + done).get(offset(pa + done), into, at + done, step);
            done += step;
        }
    }

    /** Copies bytes into memory; any alignment, plain order, not atomic. */
    public void write(long pa, byte[] from, int at, int length) {
        for (int done = 0; done < length; ) {
            int step = stepWithinChunk(pa + done, length - done);
            chunk(pa + done).put(offset(pa + done), from, at + done, step);
            done += step;
        }
    }

    /** Fills with a 64-bit value; {@code pa} and {@code length} are multiples of 8. */
    public void fill(long pa, long length, long value) {
        for (long at = pa; at < pa + length; at += Long.BYTES) {
            store64(at, value);
        }
        VarHandle.releaseFence();
    }

    /**
     * The chunk that holds an address, little endian, for code that works on many words beside each other: the byte at
     * {@code pa} has index {@code (int) (pa & CHUNK - 1)}. The buffer is shared: leave position and limit alone.
     */
    public ByteBuffer chunk(long pa) {
        long index = pa >>> CHUNK_LG2;
        if (index >= chunks.length()) {
            throw outside(pa, null);
        }
        ByteBuffer chunk = chunks.getAcquire((int) index);
        return chunk != null ? chunk : mapChunk(pa);
    }

    /** Gives the file up. Accesses to chunks that were never touched fail afterwards. */
    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw new IommuException(Reason.IO, "memory file does not close: " + e, e);
        }
    }

    private static int offset(long pa) {
        return (int) (pa & CHUNK - 1);
    }

    private int stepWithinChunk(long pa, int rest) {
        if (!contains(pa, 1)) {
            throw outside(pa, null);
        }
        return Math.min(rest, chunk(pa).limit() - offset(pa));
    }

    private synchronized ByteBuffer mapChunk(long pa) {
        int index = (int) (pa >>> CHUNK_LG2);
        if (chunks.get(index) == null) {
            long start = pa & -CHUNK;
            long fileOffset = 0;
            for (MemoryRange range : ranges) {
                if (range.contains(start, PAGE)) {
                    long at = start - range.start();
                    chunks.setRelease(index, map(fileOffset + at, Math.min(CHUNK, range.length() - at)));
                    return chunks.get(index);
                }
                fileOffset += range.length();
            }
            throw outside(pa, null);
        }
        return chunks.get(index);
    }

    private ByteBuffer map(long position, long length) {
        try {
            return file.map(FileChannel.MapMode.READ_WRITE, position, length).order(ByteOrder.LITTLE_ENDIAN);
        } catch (IOException e) {
            throw new IommuException(Reason.NO_MEMORY, "cannot map " + length + " bytes of the memory file: " + e, e);
        }
    }

    private IommuException outside(long pa, RuntimeException cause) {
        return new IommuException(Reason.BAD_ADDRESS,
                String.format("physical address %#x is no memory of this machine %s", pa, ranges), cause);
    }
}
