package org.iommu4j.system.differential;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.iommu4j.api.Domain;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.IommuGroup;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.fault.DmaFault;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.tck.stage.Bench;
import org.iommu4j.tck.stage.Faults;
import org.iommu4j.tck.stage.Mover;
import org.iommu4j.tck.stage.Patience;
import org.iommu4j.tck.stage.Scene;
import org.iommu4j.tck.stage.Stage;

/** One of the two machines: its domains and frames by number, so that steps mean the same on both. One thread. */
final class Side implements AutoCloseable {
    /** Frames in one block, aligned to its size. */
    static final int BLOCK_LG2 = 24;

    private static final long FAULT_BOUND_NANOS = 1_000_000_000L;
    private static final int ATTEMPTS = 5;
    private static final int UNSEEN = 0xbad0_bad0;

    private final Bench bench;
    private final Stage stage;
    private final List<Mover> movers;
    private final List<Domain> domains = new ArrayList<>();
    private final long block;
    private final long window;

    Side(Bench bench, List<String> devices, int domainCount) {
        this.bench = bench;
        this.stage = new Stage(bench);
        this.movers = devices.stream().map(PciAddress::parse).map(address -> bench.movers().stream()
                .filter(mover -> mover.device().address().equals(address)).findFirst().orElseThrow()).toList();
        this.block = stage.memory(BLOCK_LG2);
        this.window = stage.memory(0);
        for (long at = 0; at < 1L << BLOCK_LG2; at += Long.BYTES) {
            memory().store64(block + at, at << Integer.SIZE | at | 1);
        }
        for (int i = 0; i < domainCount; i++) {
            domains.add(newDomain());
        }
        movers.forEach(mover -> stage.move(group(mover), bench.iommu().blocked()));
    }

    private Domain newDomain() {
        Domain domain = bench.iommu().allocate(group(movers.get(0)));
        bench.domains().map(domain, Scene.WINDOW, window, PhysicalMemory.PAGE, Stage.RW);
        return domain;
    }

    Domain domain(int number) {
        return domains.get(number);
    }

    /** What a map says: nothing, or the reason of the refusal. */
    String map(int domain, long iova, long offset, long length, int protection) {
        return answer(() -> {
            bench.domains().map(domains.get(domain), iova, block + offset, length, protection);
            return "done";
        });
    }

    String unmap(int domain, long iova, long length) {
        return answer(() -> Long.toString(bench.domains().unmap(domains.get(domain), iova, length)));
    }

    /** The offset in the block of frames, or what is not mapped. */
    String translate(int domain, long iova) {
        return answer(() -> {
            long pa = bench.domains().translate(domains.get(domain), iova);
            return pa < 0 ? "not mapped" : Long.toHexString(pa - block);
        });
    }

    String move(int device, int domain) {
        return answer(() -> {
            bench.iommu().replace(group(movers.get(device)),
                    domain == Ledger.BLOCKED ? bench.iommu().blocked() : domains.get(domain));
            return "done";
        });
    }

    /** A new domain in the place of an old one. */
    String renew(int domain) {
        return answer(() -> {
            bench.iommu().free(domains.get(domain));
            domains.set(domain, newDomain());
            return "done";
        });
    }

    /** What a device in a paging domain reads. */
    int read(int device, long iova) {
        movers.get(device).load(iova);
        memory().storeRelease32(window, UNSEEN);
        movers.get(device).store(Scene.WINDOW);
        return memory().loadAcquire32(window);
    }

    void write(int device, long iova, int value) {
        memory().storeRelease32(window, value);
        movers.get(device).load(Scene.WINDOW);
        movers.get(device).store(iova);
    }

    /** One request alone, whatever domain the device is in. */
    void request(int device, long iova, boolean write) {
        if (write) {
            movers.get(device).store(iova);
        } else {
            movers.get(device).load(iova);
        }
    }

    /** A word of the block of frames. */
    int word(long offset) {
        return memory().loadAcquire32(block + offset);
    }

    Faults faults() {
        return new Faults(bench);
    }

    /**
     * The fault of a refused request. A unit may drop one while another of the same source is pending; then the request
     * is made again.
     */
    Optional<DmaFault> fault(Faults faults, int device, long iova, int access, boolean write) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            if (Patience.holds(() -> find(faults, device, iova, access).isPresent(), FAULT_BOUND_NANOS)) {
                return find(faults, device, iova, access);
            }
            request(device, iova, write);
        }
        return Optional.empty();
    }

    private Optional<DmaFault> find(Faults faults, int device, long iova, int access) {
        return faults.all().stream().filter(fault -> fault.source().equals(movers.get(device).device().address())
                && (fault.iova() & -Ledger.PAGE) == (iova & -Ledger.PAGE) && fault.access() == access).findFirst();
    }

    /** Faults that its units have reported. */
    long faultCount() {
        return bench.units().stream().mapToLong(unit -> unit.faults()).sum();
    }

    private static IommuGroup group(Mover mover) {
        return mover.device().group();
    }

    private PhysicalMemory memory() {
        return stage.memory();
    }

    private static String answer(Supplier<String> call) {
        try {
            return call.get();
        } catch (IommuException e) {
            return e.reason().toString();
        }
    }

    @Override
    public void close() {
        stage.close();
        domains.forEach(bench.iommu()::free);
    }
}
