/** Words that people ask with, and those that documents answer with: each line one thing. */
const ENGLISH = `warranty guarantee
refund reimburse moneyback
holiday vacation leave daysoff timeoff
salary wage pay paid payday payroll
manager boss supervisor
child kid minor
pet dog cat animal
shop store branch outlet
ship deliver postage dispatch shipment
buy bought purchase order
car vehicle
doctor physician gp
sick ill illness sickness
vaccine vaccination shot jab immunisation immunization
tenant renter lessee
landlord owner own lessor
cancel terminate quit end
start begin commence
end finish stop conclud
close shut closing closed
open opening
repair fix mend
broken defective faulty damaged
staff employee worker personnel
flat apartment
meeting appointment
remote workfromhome homeoffice telework
park parking
permission consent approval approve permitted allowed
film movie
lift elevator
trash rubbish garbage waste bin
toilet bathroom restroom lavatory
wifi wlan internet
password passcode
discount reduced reduction concession
senior pensioner
photo photograph picture camera
luggage baggage suitcase
bike bicycle cycle
return sendback giveback
expires valid expiry
lunch noon midday
breakfast
room
guest visitor
swim pool
boss head chief director lead
founder found
author writ write wrote written
keep kept
send sent
hold held
sell sold
bring brought
build built
teacher instructor tutor
class course lesson
fee charge price cost tariff
electric power energy kwh
temperature degree
speed
deadlin due
payment pay paid
invoic bill
late overdu delay
fine penalty
member membership
borrow loan lend
book
fire emergency
key
bus coach
train
flight plane
ticket admission entry entrance
dinner supper`;

const CHINESE = `保修 质保 三包 质量保证
退款 退钱 返还 退回
年假 带薪年假 休假
工资 薪水 薪资 薪酬
经理 主管 领导 上级
负责人 负责 主管
小孩 儿童 孩子 未成年 未满
wifi 无线网络 无线网 上网
宠物 狗 猫 动物
门店 商店 店铺 店
快递 配送 送货 发货 送达 寄送 寄
运费 邮费 快递费 配送费 邮寄费
医生 大夫 医师
病假 生病
疫苗 接种
租金 房租
房东 出租方 出租人 甲方
租客 承租人 承租方 租户 乙方
取消 解除 终止 退订
开门 营业 开放 开馆 上班
关门 打烊 闭馆 停止营业 停止入馆 下班 休息 营业 开放
门票 票价 入场券 票
吃的 食物 食品 饮食 餐饮
参观 入馆 开放
停车 泊车
拍照 摄影 照相
员工 职工 人员 雇员
密码 口令
优惠 折扣 打折 半价 减免
老人 老年人 长者
携带 带
维修 修理 修
故障 损坏 坏
发票 收据
押金 保证金 定金
到期 截止 期限 有效期
批准 审批 申请
香港 港澳台 港澳
退货 退换 退换货 退
买票 门票 票价 免票 免费 凭证
早餐 早饭
午餐 午饭
房间 客房
入住 登记
退房 离店
会员 成员
逾期 过期 超期 迟还
罚款 罚金 滞纳金
借书 借阅 外借
地铁 公交 交通
创始人 创办人 创立
作者 编者
考试 测试
学费 费用
课程 课
联系 咨询`;

const lines = (text: string): (readonly string[])[] => text.split('\n').map((line) => line.split(' '));

/** An English word without its ending, as it begins its other forms. */
export function stemOf(word: string): string {
  if (word.length <= 4) return word.replace(/s$/u, '');
  const stem = word.replace(/(?:ations?|ings?|ies|ied|ees?|ed|es|s|e|y)$/u, '');
  return stem === word ? word : stem.replace(/([bdgmnpt])\1$/u, '$1');
}

/** Each word with the words of its groups, itself among them. */
function grouped(
  groups: readonly (readonly string[])[],
  keyOf: (word: string) => string,
): ReadonlyMap<string, readonly string[]> {
  const known = new Map<string, readonly string[]>();
  for (const group of groups)
    for (const word of group) known.set(keyOf(word), [...new Set([...(known.get(keyOf(word)) ?? []), ...group])]);
  return known;
}

/** Words of English by their stems, with those that say nearly the same. */
export const ENGLISH_GROUPS = grouped(lines(ENGLISH), stemOf);
/** Words of Chinese, with those that say nearly the same. */
export const CHINESE_GROUPS = grouped(lines(CHINESE), (word) => word);
