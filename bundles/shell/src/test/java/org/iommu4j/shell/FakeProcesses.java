package org.iommu4j.shell;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.sva.AddressSpaceNotifier;
import org.iommu4j.api.sva.AreaReport;
import org.iommu4j.api.sva.CpuPageTable;
import org.iommu4j.api.sva.FaultResult;
import org.iommu4j.api.sva.ProcessReport;
import org.iommu4j.api.sva.Processes;
import org.iommu4j.api.sva.UserProcess;

/** Processes that keep what they are told, in a log and in one buffer for all of their memory. */
final class FakeProcesses implements Processes {
    static final long PLACE = 0x7f00_0000_0000L;

    final List<String> log = new ArrayList<>();
    private final List<UserProcess> alive = new ArrayList<>();
    private final byte[] memory = new byte[64];
    private final String machine;

    FakeProcesses(String machine) {
        this.machine = machine;
    }

    @Override
    public String machine() {
        return machine;
    }

    @Override
    public UserProcess create(String name) {
        alive.add(new Fake(alive.size() + 1, name, 0));
        return alive.get(alive.size() - 1);
    }

    @Override
    public UserProcess get(int id) {
        return alive.stream().filter(process -> process.id() == id).findFirst()
                .orElseThrow(() -> IommuException.of(Reason.NO_DEVICE, "no process %d", id));
    }

    @Override
    public List<UserProcess> list() {
        return List.copyOf(alive);
    }

    private final class Fake implements UserProcess {
        private final int id;
        private final String name;
        private final int parent;

        Fake(int id, String name, int parent) {
            this.id = id;
            this.name = name;
            this.parent = parent;
        }

        @Override
        public int id() {
            return id;
        }

        @Override
        public String machine() {
            return machine;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public CpuPageTable table() {
            return new CpuPageTable(CpuPageTable.Format.X86, 0x1000, 4, 47, 46, 0x1000);
        }

        @Override
        public FaultResult handleFault(long address, int access) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void register(AddressSpaceNotifier notifier) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void unregister(AddressSpaceNotifier notifier) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean hasExited() {
            return !alive.contains(this);
        }

        @Override
        public long map(long length, int access) {
            mapAt(PLACE, length, access);
            return PLACE;
        }

        @Override
        public void mapAt(long address, long length, int access) {
            log.add(String.format("%d map %#x %d %d", id, address, length, access));
        }

        @Override
        public void unmap(long address, long length) {
            log.add(String.format("%d unmap %#x %d", id, address, length));
        }

        @Override
        public void protect(long address, long length, int access) {
            log.add(String.format("%d protect %#x %d %d", id, address, length, access));
        }

        @Override
        public void read(long address, byte[] into) {
            System.arraycopy(memory, (int) (address - PLACE), into, 0, into.length);
        }

        @Override
        public void write(long address, byte[] from) {
            System.arraycopy(from, 0, memory, (int) (address - PLACE), from.length);
        }

        @Override
        public long loadAcquire64(long address) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void storeRelease64(long address, long value) {
            throw new UnsupportedOperationException();
        }

        @Override
        public UserProcess fork() {
            alive.add(new Fake(alive.size() + 1, name, id));
            return alive.get(alive.size() - 1);
        }

        @Override
        public void exit() {
            alive.remove(this);
        }

        @Override
        public ProcessReport report() {
            return new ProcessReport(id, name, parent, false, 8192, 4096, 0, 16384, 3, 2, 1);
        }

        @Override
        public List<AreaReport> areas() {
            return Arrays.asList(new AreaReport(0x10000, 0x10fff, 1), new AreaReport(PLACE, PLACE + 0x1fff, 3));
        }
    }
}
