package org.iommu4j.mm.process;

import java.util.List;
import java.util.concurrent.locks.StampedLock;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.sva.Access;
import org.iommu4j.api.sva.AddressSpaceNotifier;
import org.iommu4j.api.sva.AreaReport;
import org.iommu4j.api.sva.CpuPageTable;
import org.iommu4j.api.sva.FaultResult;
import org.iommu4j.api.sva.ProcessReport;
import org.iommu4j.api.sva.UserProcess;
import org.iommu4j.mm.area.Areas;
import org.iommu4j.mm.page.PageStore;

/** One process: its lock around its {@link Space}. */
final class MachineProcess implements UserProcess {
    /** As Linux's default: a null pointer with an offset faults. */
    private static final long LOWEST = 1L << 16;
    /** Areas whose place is left to us lie below, whatever the table reaches: programs keep marks in higher bits. */
    private static final long PLACE_BELOW = 1L << 47;

    private final MachineProcesses machine;
    private final int id;
    private final String name;
    private final int parent;
    private final Space space;
    private final Faults faults;
    private final CpuPageTable table;
    private final ProcessorView view;
    private final StampedLock lock = new StampedLock();
    private volatile boolean exited;

    /** @param parent number of the process it is forked from, or 0 @throws IommuException NO_MEMORY */
    MachineProcess(MachineProcesses machine, int id, String name, int parent, Areas areas) {
        this.machine = machine;
        this.id = id;
        this.name = name;
        this.parent = parent;
        this.space = new Space(machine.store(), machine.cpu(), areas, machine.residentLimit(),
                new Listeners(machine.machine() + " process " + id));
        this.faults = new Faults(space, () -> machine.evictFromOther(this));
        this.table = space.table.description();
        this.view = new ProcessorView(this, machine.store().memory());
    }

    @Override
    public int id() {
        return id;
    }

    @Override
    public String machine() {
        return machine.machine();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public CpuPageTable table() {
        return table;
    }

    @Override
    public boolean hasExited() {
        return exited;
    }

    @Override
    public FaultResult handleFault(long address, int access) {
        if (access == 0 || (access & ~Access.ALL) != 0) {
            throw IommuException.of(Reason.INCOMPATIBLE, "access %#x: at least one bit of %#x", access, Access.ALL);
        }
        long stamp = lock.writeLock();
        try {
            return exited ? FaultResult.EXITED : faults.handle(address, access);
        } finally {
            lock.unlockWrite(stamp);
        }
    }

    @Override
    public void register(AddressSpaceNotifier notifier) {
        change(() -> space.listeners.add(notifier));
    }

    @Override
    public void unregister(AddressSpaceNotifier notifier) {
        long stamp = lock.writeLock();
        try {
            space.listeners.remove(notifier);
        } finally {
            lock.unlockWrite(stamp);
        }
    }

    @Override
    public long map(long length, int access) {
        long[] address = new long[1];
        change(() -> {
            checkAligned(0, length);
            long highest = Math.min(PLACE_BELOW - 1, table.lastAddress());
            address[0] = length <= highest ? space.areas.highestGap(length, LOWEST, highest) : -1;
            if (address[0] < 0) {
                throw IommuException.of(Reason.NO_MEMORY, "%s has no gap of %d bytes", this, length);
            }
            space.areas.add(address[0], address[0] + length - 1, checked(access));
        });
        return address[0];
    }

    @Override
    public void mapAt(long address, long length, int access) {
        change(() -> {
            long last = last(address, length);
            if (address < LOWEST) {
                throw IommuException.of(Reason.OVERFLOW, "%#x: the lowest address of a process is %#x", address,
                        LOWEST);
            }
            space.areas.add(address, last, checked(access));
        });
    }

    @Override
    public void unmap(long address, long length) {
        change(() -> space.unmap(address, last(address, length)));
    }

    @Override
    public void protect(long address, long length, int access) {
        change(() -> space.protect(address, last(address, length), checked(access)));
    }

    @Override
    public void read(long address, byte[] into) {
        view.read(address, into);
    }

    @Override
    public void write(long address, byte[] from) {
        view.write(address, from);
    }

    @Override
    public long loadAcquire64(long address) {
        return view.load(address);
    }

    @Override
    public void storeRelease64(long address, long value) {
        view.store(address, value);
    }

    @Override
    public UserProcess fork() {
        MachineProcess[] child = new MachineProcess[1];
        change(() -> child[0] = machine.add(number -> forked(number)));
        return child[0];
    }

    private MachineProcess forked(int number) {
        MachineProcess child = new MachineProcess(machine, number, name, id, space.areas.copy());
        try {
            space.shareWith(child.space);
        } catch (RuntimeException e) {
            child.exit();
            throw e;
        }
        return child;
    }

    @Override
    public void exit() {
        long stamp = lock.writeLock();
        try {
            if (!exited) {
                exited = true;
                space.release();
                machine.remove(this);
            }
        } finally {
            lock.unlockWrite(stamp);
        }
    }

    @Override
    public ProcessReport report() {
        long stamp = lock.readLock();
        try {
            long resident = (long) space.residents.size() * PageStore.PAGE;
            return exited ? new ProcessReport(id, name, parent, true, 0, 0, 0, 0, faults.count(), space.reclaimed(), 0)
                    : new ProcessReport(id, name, parent, false, space.areas.length(), resident,
                            (long) space.uses.size() * PageStore.PAGE - resident, space.table.bytes(), faults.count(),
                            space.reclaimed(), space.listeners.count());
        } finally {
            lock.unlockRead(stamp);
        }
    }

    @Override
    public List<AreaReport> areas() {
        long stamp = lock.readLock();
        try {
            checkAlive();
            return space.areas.list().stream().map(area -> new AreaReport(area.first(), area.last(), area.access()))
                    .toList();
        } finally {
            lock.unlockRead(stamp);
        }
    }

    /** For loads and stores: until {@link #endAccess} nothing that they translate is taken away. */
    long beginAccess() {
        long stamp = lock.readLock();
        if (exited) {
            lock.unlockRead(stamp);
            checkAlive();
        }
        return stamp;
    }

    void endAccess(long stamp) {
        lock.unlockRead(stamp);
    }

    /** Within an access. */
    Space space() {
        return space;
    }

    /** Takes a page away if nobody is at work here. @return false if there is none, or somebody is */
    boolean evictIfIdle() {
        long stamp = lock.tryWriteLock();
        if (stamp == 0) {
            return false;
        }
        try {
            return !exited && space.evict();
        } finally {
            lock.unlockWrite(stamp);
        }
    }

    @Override
    public String toString() {
        return machine.machine() + " process " + id;
    }

    private void change(Runnable body) {
        long stamp = lock.writeLock();
        try {
            checkAlive();
            body.run();
        } finally {
            lock.unlockWrite(stamp);
        }
    }

    private void checkAlive() {
        if (exited) {
            throw IommuException.of(Reason.NO_DEVICE, "%s has ended", this);
        }
    }

    private static int checked(int access) {
        if ((access & ~Access.ALL) != 0) {
            throw IommuException.of(Reason.INCOMPATIBLE, "access %#x: bits of %#x", access, Access.ALL);
        }
        return access == 0 ? 0 : access | Access.READ;
    }

    private long last(long address, long length) {
        checkAligned(address, length);
        if (address < 0 || length - 1 > table.lastAddress() - address) {
            throw IommuException.of(Reason.OVERFLOW, "%#x + %#x: the last address of a process is %#x", address,
                    length, table.lastAddress());
        }
        return address + length - 1;
    }

    private static void checkAligned(long address, long length) {
        if ((address | length) % PageStore.PAGE != 0 || length <= 0) {
            throw IommuException.of(Reason.INCOMPATIBLE, "%#x + %#x is not made of pages of %d bytes", address, length,
                    PageStore.PAGE);
        }
    }
}
