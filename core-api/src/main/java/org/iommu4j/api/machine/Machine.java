package org.iommu4j.api.machine;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Hardware: what a board with its processors left out looks like to software. Registered as a service by whoever
 * plays hardware, with the property {@code machine}; bound by core alone, which powers it on and lends its ports to
 * drivers. All methods may be called by any thread; ports work only between {@link #powerOn} and {@link #powerOff}.
 */
@ConsumerType
public interface Machine {
    /** Service property, and the key of all per-machine services. */
    String NAME = "machine";

    /** The same as the service property; never changes. */
    String name();

    /**
     * Ranges of RAM, sorted, disjoint; each starts at a multiple of 1 GiB. Frames for tables and queues are taken from
     * the highest one; the others belong to whoever plays software on the machine.
     */
    List<MemoryRange> ram();

    /**
     * Where core must put this machine's memory, for a machine that shares it with another process: an empty or absent
     * file, with the ranges of {@link #ram()} one after the other. Asked once before each {@link #powerOn}; whoever
     * names the file also deletes it.
     *
     * @return empty if the machine does not care
     * @throws org.iommu4j.api.IommuException NO_MEMORY if there is no place for so large a file
     */
    default Optional<Path> memoryFile() {
        return Optional.empty();
    }

    /**
     * True if the machine goes on running from before: whoever powered it on has died without a word. Memory and
     * registers are as they were left, and {@link #powerOn} only connects to it. Asked once before each
     * {@link #powerOn}, after {@link #memoryFile}.
     */
    default boolean isLeftRunning() {
        return false;
    }

    /**
     * Where core must keep what a successor needs if this process dies while the machine goes on.
     *
     * @return empty for a machine that ends with this process
     */
    default Optional<Path> recordFile() {
        return Optional.empty();
    }

    /** Width of a physical address in bits, 32 to 52. */
    int physicalAddressBits();

    /**
     * Starts the machine: registers have their reset values, device threads run.
     *
     * @param memory covers {@link #ram()}; the machine keeps it until {@link #powerOff}
     * @param interrupts where it sends its interrupts; never calls back into a driver on the raising thread
     */
    void powerOn(PhysicalMemory memory, InterruptSink interrupts);

    /** Stops the device threads after their current transactions; returns when none is left. Idempotent. */
    void powerOff();

    /** Every PCI function, bridges included, sorted by address. */
    List<PciFunction> functions();

    /**
     * A firmware table as bytes, header included.
     *
     * @param signature four characters, for example {@code DMAR}
     */
    Optional<byte[]> firmwareTable(String signature);

    /**
     * The register file of a device that sits on the physical address map.
     *
     * @param base physical address of its first byte
     * @throws org.iommu4j.api.IommuException NO_DEVICE if no register file starts there
     */
    RegisterSpace registers(long base);

    /**
     * Stores 16 bytes so that hardware, whose fetches of that width are single-copy atomic, sees all or none of them.
     * Ordered after every earlier store of this thread.
     *
     * @param pa multiple of 16
     */
    void store128(long pa, long low, long high);

    /**
     * Brings what processors have stored in a range to where hardware that does not snoop their caches reads it, and
     * lets go of what they hold of it. When it returns, such hardware reads what this thread stored before, and stores
     * that follow come after it. Hardware that snoops needs none of it. Whole cache lines of 64 bytes. Hot: allocates
     * nothing.
     *
     * @param pa any address in RAM
     * @param length in bytes, not 0
     */
    void flush(long pa, long length);

    /** The interrupt message that makes the machine call {@link InterruptSink#interrupt} with this vector. */
    MsiMessage message(int vector);

    /**
     * Has an interrupt that comes by a wire arrive as a vector, as those that come by a message do.
     *
     * @param line number of the wire as firmware tables give it (on Arm its GSIV)
     * @throws org.iommu4j.api.IommuException NOT_SUPPORTED if the machine has no such wire
     */
    default void wire(int line, int vector) {
        throw IommuException.of(Reason.NOT_SUPPORTED, "machine %s has no wired interrupt %d", name(), line);
    }

    /** Vectors are 0 to this less one. */
    int vectors();

    /**
     * Counters since power on, by name ({@code unit.cache.event}, for example {@code dmar0.iotlb.hits}); sorted. Empty
     * for a machine that counts nothing.
     */
    Map<String, Long> counters();
}
