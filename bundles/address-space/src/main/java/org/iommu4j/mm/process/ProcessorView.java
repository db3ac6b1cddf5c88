package org.iommu4j.mm.process;

import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.api.sva.Access;
import org.iommu4j.api.sva.FaultResult;
import org.iommu4j.mm.page.PageStore;
import org.iommu4j.mm.table.ProcessTable;

/** Loads and stores of a process's own software: translated page by page, with a fault where the table has none. */
final class ProcessorView {
    private final MachineProcess process;
    private final PhysicalMemory memory;

    /** What is done with a translated address, while the page stays. */
    @FunctionalInterface
    private interface Use {
        long at(long pa);
    }

    ProcessorView(MachineProcess process, PhysicalMemory memory) {
        this.process = process;
        this.memory = memory;
    }

    void read(long address, byte[] into) {
        bytes(address, into.length, Access.READ, (pa, at, length) -> memory.read(pa, into, at, length));
    }

    void write(long address, byte[] from) {
        bytes(address, from.length, Access.WRITE, (pa, at, length) -> memory.write(pa, from, at, length));
    }

    long load(long address) {
        checkAligned(address);
        return translated(address, Access.READ, memory::loadAcquire64);
    }

    void store(long address, long value) {
        checkAligned(address);
        translated(address, Access.WRITE, pa -> {
            memory.storeRelease64(pa, value);
            return 0;
        });
    }

    @FunctionalInterface
    private interface Copy {
        void bytes(long pa, int at, int length);
    }

    private void bytes(long address, int length, int access, Copy copy) {
        checkAllowed(address, length, access);
        for (int done = 0; done < length; ) {
            int at = done;
            int step = Math.min(length - at, PageStore.PAGE - (int) (address + at & PageStore.PAGE - 1));
            translated(address + at, access, pa -> {
                copy.bytes(pa, at, step);
                return 0;
            });
            done += step;
        }
    }

    private long translated(long address, int access, Use use) {
        while (true) {
            long stamp = process.beginAccess();
            try {
                long pa = process.space().table.translate(address, access);
                if (pa != ProcessTable.FAULT) {
                    return use.at(pa);
                }
            } finally {
                process.endAccess(stamp);
            }
            FaultResult result = process.handleFault(address, access);
            if (result != FaultResult.HANDLED) {
                throw refused(address, access, result);
            }
        }
    }

    /** What would be refused half way is refused before anything is done. */
    private void checkAllowed(long address, int length, int access) {
        long stamp = process.beginAccess();
        try {
            long last = address + length - 1;
            if (length > 0 && (address < 0 || last < 0 || !process.space().areas.allow(address, last, access))) {
                throw IommuException.of(Reason.BAD_ADDRESS, "%s: not all of %#x + %#x may be accessed by %s", process,
                        address, length, Access.text(access));
            }
        } finally {
            process.endAccess(stamp);
        }
    }

    private void checkAligned(long address) {
        if (address % Long.BYTES != 0) {
            throw IommuException.of(Reason.INCOMPATIBLE, "%#x is no multiple of %d", address, Long.BYTES);
        }
    }

    private IommuException refused(long address, int access, FaultResult result) {
        Reason reason = switch (result) {
            case NO_MEMORY -> Reason.NO_MEMORY;
            case EXITED -> Reason.NO_DEVICE;
            default -> Reason.BAD_ADDRESS;
        };
        return IommuException.of(reason, "%s: access %s at %#x: %s", process, Access.text(access), address, result);
    }
}
