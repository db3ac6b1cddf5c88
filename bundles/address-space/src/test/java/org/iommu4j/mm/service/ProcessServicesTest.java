package org.iommu4j.mm.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.annotation.Annotation;
import java.lang.reflect.Proxy;
import java.util.Dictionary;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.iommu4j.api.machine.FrameTable;
import org.iommu4j.api.machine.MachineMemory;
import org.iommu4j.api.machine.MemoryRange;
import org.iommu4j.api.machine.PageAllocator;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.api.machine.TablePool;
import org.iommu4j.api.sva.Access;
import org.iommu4j.api.sva.CpuPageTable;
import org.iommu4j.api.sva.Processes;
import org.iommu4j.api.sva.UserProcess;
import org.junit.jupiter.api.Test;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/** Machines come and go, and their services with them. */
class ProcessServicesTest {
    private final BlockingQueue<Processes> registered = new LinkedBlockingQueue<>();
    private final BlockingQueue<Processes> withdrawn = new LinkedBlockingQueue<>();
    private final BlockingQueue<Thread> registrars = new LinkedBlockingQueue<>();
    private final ProcessServices services = new ProcessServices(context(), settings());

    private BundleContext context() {
        return (BundleContext) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {BundleContext.class},
                (proxy, method, arguments) -> {
                    assertEquals("registerService", method.getName());
                    Processes service = (Processes) arguments[1];
                    assertEquals(service.machine(), ((Dictionary<?, ?>) arguments[2]).get("machine"));
                    registrars.add(Thread.currentThread());
                    registered.add(service);
                    return registration(service);
                });
    }

    private ServiceRegistration<?> registration(Processes service) {
        return (ServiceRegistration<?>) Proxy.newProxyInstance(getClass().getClassLoader(),
                new Class<?>[] {ServiceRegistration.class}, (proxy, method, arguments) -> {
                    assertEquals("unregister", method.getName());
                    withdrawn.add(service);
                    return null;
                });
    }

    private static Settings settings() {
        return new Settings() {
            @Override
            public int levels() {
                return 5;
            }

            @Override
            public int residentPages() {
                return 10;
            }

            @Override
            public int swapPages() {
                return 10;
            }

            @Override
            public long memory() {
                return 1 << 20;
            }

            @Override
            public Class<? extends Annotation> annotationType() {
                return Settings.class;
            }
        };
    }

    private static final class Memory implements MachineMemory {
        private final String machine;
        private final PhysicalMemory memory = PhysicalMemory.temporary(List.of(new MemoryRange(1L << 30, 4L << 20)));
        private final FrameTable frames = new FrameTable(memory, new TablePool(memory, 1L << 30, 4L << 20));

        Memory(String machine) {
            this.machine = machine;
        }

        @Override
        public String machine() {
            return machine;
        }

        @Override
        public PhysicalMemory memory() {
            return memory;
        }

        @Override
        public PageAllocator allocator(String owner, long quota) {
            assertEquals("mm", owner);
            return frames.allocator(owner, quota);
        }

        @Override
        public String ownerOf(long pa) {
            return frames.ownerOf(pa);
        }
    }

    private static Processes next(BlockingQueue<Processes> queue) throws InterruptedException {
        Processes service = queue.poll(10, TimeUnit.SECONDS);
        assertNotNull(service, "nothing came");
        return service;
    }

    @Test
    void everyMachineHasItsServiceOfItsProcessor() throws InterruptedException {
        services.bindMemory(new Memory("intel"), Map.of(MachineMemory.PROCESSOR, MachineMemory.X86_64));
        CpuPageTable intel = next(registered).create("a").table();
        assertEquals(CpuPageTable.Format.X86, intel.format());
        assertEquals(5, intel.levels());
        assertEquals(56, intel.inputBits());
        services.bindMemory(new Memory("arm"), Map.of(MachineMemory.PROCESSOR, MachineMemory.AARCH64));
        assertEquals(CpuPageTable.Format.AARCH64, next(registered).create("a").table().format());
        assertTrue(registrars.stream().noneMatch(thread -> thread == Thread.currentThread()),
                "whoever binds registers nothing");
        services.deactivate();
        assertEquals(2, withdrawn.size());
    }

    @Test
    void aMachineThatLeavesEndsItsProcessesBeforeItsMemoryGoes() throws InterruptedException {
        Memory memory = new Memory("intel");
        services.bindMemory(memory, Map.of());
        UserProcess process = next(registered).create("a");
        long address = process.map(1 << 20, Access.READ | Access.WRITE);
        process.storeRelease64(address, 1);
        long root = process.table().root();
        assertEquals("mm", memory.ownerOf(root));
        services.unbindMemory(memory);
        assertTrue(process.hasExited());
        assertEquals(null, memory.ownerOf(root));
        assertEquals("intel", next(withdrawn).machine());
        services.bindMemory(memory, Map.of());
        assertEquals(List.of(), next(registered).list());
        services.deactivate();
    }
}
