export { use, init, graphic } from "echarts/core";
import { use } from "echarts/core";
import { BarChart, SankeyChart } from "echarts/charts";
import { GridComponent, TooltipComponent, AriaComponent } from "echarts/components";
import { SVGRenderer } from "echarts/renderers";
use([BarChart, SankeyChart, GridComponent, TooltipComponent, AriaComponent, SVGRenderer]);
