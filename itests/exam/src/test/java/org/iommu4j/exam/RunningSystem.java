package org.iommu4j.exam;

import static org.junit.Assert.assertEquals;

import java.nio.file.Path;
import java.util.List;
import javax.inject.Inject;
import org.iommu4j.exam.dma.Tally;
import org.iommu4j.exam.lab.Lab;
import org.iommu4j.exam.made.Script;
import org.junit.After;
import org.junit.Before;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.osgi.framework.BundleContext;

/** A container with everything in it, the drivers of three vendors, and a lab around it. */
@RunWith(PaxExam.class)
public abstract class RunningSystem {
    /** The releases of the driver that the build has made. */
    protected static final Path DRIVER = Provision.jar("vtd-driver");
    protected static final Path NEXT = Provision.jar("vtd-driver-next");

    @Inject
    private BundleContext context;
    /** Made anew for every test. */
    protected Lab lab;

    @Configuration
    public Option[] container() {
        return new Option[] {Provision.platform(),
                Provision.system("core-api", "core", "hw-sim", "vtd-driver", "smmuv3-driver", "amdvi-driver", "replay",
                        "shell")};
    }

    @Before
    public void enterLab() {
        lab = new Lab(context);
    }

    @After
    public void forgetScript() {
        Script.clear();
    }

    /** Nothing was lost, nothing went astray, no call failed. */
    protected static void assertUnharmed(Tally tally) {
        assertEquals(List.of(), tally.words());
        assertEquals("lost", 0, tally.lost());
        assertEquals("wrong", 0, tally.wrong());
    }
}
